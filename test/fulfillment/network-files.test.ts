/** Networks from files: a CSV per table makes the same document, and faults point at cells. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refusal } from '../../src/domain/errors.ts';
import { readCell } from '../../src/fulfillment/network-csv-cells.ts';
import { readNetworkFiles } from '../../src/fulfillment/read-network-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
};

const faultsOf = async (paths: readonly string[] = [folder]): Promise<string[]> => {
  try {
    await readNetworkFiles(paths);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.faults.map(({ pointer, detail }) => {
      return `${pointer}: ${detail}`.replaceAll(`${folder}/`, '');
    });
  }
  return [];
};

const POLICY =
  'id,confidence,split_limit,split_penalty,lateness_per_day,time_per_day,decision_seconds,' +
  'quote_seconds,lease_seconds,tender_attempts,decide_attempts\np,0.95,3,100,200,10,15,900,600,3,5\n';

/** Every table once. */
const SOUND = {
  'network.csv': 'name,currency\n"Small, by hand",EUR\n',
  'policy.csv': POLICY,
  'platforms.csv': 'id\nshop\n',
  'sellers.csv': 'id,name\nacme,Acme\n',
  'skus.csv':
    'id,seller_id,weight_grams,length_mm,width_mm,height_mm,gtin,temperature,hazardous\n' +
    'mug,acme,500,100,100,100,4006381333931,,\nacid,acme,900,90,90,200,,chilled,yes\n',
  'warehouses.csv':
    'id,lon,lat,country,time_zone,hours,holidays,cut_offs,processing_seconds,temperatures,hazardous\n' +
    'ams,4.9,52.4,NL,Europe/Amsterdam,mon-fri 08:00-12:00 13:00-18:00; sat 09:00-13:00,' +
    '2026-12-25; 2026-12-26,mon-fri 16:00,3600,ambient; chilled,true\n',
  'zones.csv':
    'id,country,time_zone,postal_prefixes,center_lon,center_lat,radius_metres,polygon,remote\n' +
    'nl,NL,Europe/Amsterdam,1; 2;3,,,,,\nisle,NL,Europe/Amsterdam,,5.1,53.1,20000,,true\n' +
    'sea,NL,Europe/Amsterdam,,,,,"[[[4,53],[5,53],[5,54],[4,53]]]",no\n',
  'carriers.csv': 'id\nswift\n',
  'share_bands.csv':
    'carrier_id,zones,period,minimum_percent,maximum_percent,penalty_per_parcel\n' +
    'swift,nl; isle,week,20,60,150\nswift,,month,,80,90\n',
  'rate_cards.csv': 'id,fuel_percent\ncard,4\n',
  'rates.csv':
    'rate_card_id,rate_area,weight_up_to_grams,base,per_kg\n' +
    'card,near,5000,300,\ncard,near,1000,200,\ncard,far,5000,500,20\n',
  'transit_times.csv': 'id,probability,seconds\nday,0.5,86400\nday,0.99,172800\n',
  'services.csv': 'id,carrier_id,rate_card_id,pickups\nstd,swift,card,daily 12:00 18:00\n',
  'lanes.csv':
    'service_id,warehouses,zones,rate_area,transit_time_id\n' +
    'std,ams,nl,near,day\nstd,,isle; sea,far,day\n',
};

describe('a folder with a CSV per table', () => {
  test('makes one sound document, nested tables put together', async () => {
    write(SOUND);

    const document = await readNetworkFiles([folder]);

    const day = ['12:00', '18:00'];
    const open = [
      ['08:00', '12:00'],
      ['13:00', '18:00'],
    ];
    expect(document).toMatchObject({
      format: 'portolan-network/1',
      name: 'Small, by hand',
      currency: 'EUR',
      policy: { confidence: 0.95, decide_attempts: 5 },
      skus: [{ gtin: '4006381333931' }, { temperature: 'chilled', hazardous: true }],
      warehouses: [
        {
          position: [4.9, 52.4],
          hours: { mon: open, fri: open, sat: [['09:00', '13:00']] },
          holidays: ['2026-12-25', '2026-12-26'],
          cut_offs: { mon: '16:00', fri: '16:00' },
        },
      ],
      zones: [
        { postal_prefixes: ['1', '2', '3'] },
        { circle: { center: [5.1, 53.1], radius_metres: 20000 }, remote: true },
        {
          polygon: [
            [
              [4, 53],
              [5, 53],
              [5, 54],
              [4, 53],
            ],
          ],
        },
      ],
      rate_cards: [
        {
          weight_breaks_grams: [1000, 5000],
          rates: { near: [{ base: 200 }, { base: 300 }], far: [null, { base: 500, per_kg: 20 }] },
        },
      ],
      transit_times: [
        {
          id: 'day',
          quantiles: [
            [0.5, 86400],
            [0.99, 172800],
          ],
        },
      ],
      services: [
        {
          pickups: { mon: day, sun: day },
          lanes: [
            { warehouses: ['ams'], zones: ['nl'], rate_area: 'near', transit_time_id: 'day' },
            { zones: ['isle', 'sea'], rate_area: 'far', transit_time_id: 'day' },
          ],
        },
      ],
      hubs: [],
    });
  });

  test('is read the same with CRLF, a byte order mark and semicolons, as spreadsheets save', async () => {
    write(SOUND);
    const plain = await readNetworkFiles([folder]);
    const german = SOUND['skus.csv'].replaceAll(',', ';').replaceAll('\n', '\r\n');
    write({ 'skus.csv': `\uFEFF${german}` });

    expect(await readNetworkFiles([folder])).toEqual(plain);
  });

  test('has its tables laid over a JSON document beside it', async () => {
    write(SOUND);
    const document = (await readNetworkFiles([folder])) as { sellers: unknown[] };
    const other = mkdtempSync(join(tmpdir(), 'portolan-files-'));
    const [json, csv] = [join(other, 'network.json'), join(other, 'sellers.csv')];
    writeFileSync(json, JSON.stringify(document));
    writeFileSync(csv, 'id\nacme\nglobex\n');

    const both = await readNetworkFiles([json, csv]);
    rmSync(other, { recursive: true });

    expect(both).toEqual({ ...document, sellers: [{ id: 'acme' }, { id: 'globex' }] });
  });
});

describe('a fault is told by file, row and column', () => {
  const cases: [string, keyof typeof SOUND, string, string, RegExp][] = [
    [
      'a bad number',
      'skus.csv',
      '500,',
      '12 kg,',
      /^skus.csv row 2, column weight_grams: got "12 kg"/,
    ],
    [
      'a bad check digit',
      'skus.csv',
      '4006381333931',
      '4006381333932',
      /^skus.csv row 2, column gtin/,
    ],
    [
      'an unknown seller',
      'skus.csv',
      'acid,acme',
      'acid,nobody',
      /^skus.csv row 3, column seller_id/,
    ],
    [
      'bad hours',
      'warehouses.csv',
      'mon-fri 08',
      'mon-fri 8',
      /^warehouses.csv row 2, column hours: got/,
    ],
    [
      'hours that overlap',
      'warehouses.csv',
      '13:00-18',
      '11:00-18',
      /^warehouses.csv row 2, column hours/,
    ],
    ['a place off the map', 'warehouses.csv', '52.4', '152.4', /^warehouses.csv row 2, column lat/],
    ['an open ring', 'zones.csv', '[4,53]]]', '[4,55]]]', /^zones.csv row 4, column polygon/],
    [
      'a missing cell',
      'services.csv',
      'std,swift',
      'std,',
      /^services.csv row 2, column carrier_id/,
    ],
    ['a lane to nowhere', 'lanes.csv', 'isle; sea', 'isle; moon', /^lanes.csv row 3, column zones/],
    [
      'a lane of no service',
      'lanes.csv',
      'std,ams',
      'abc,ams',
      /^lanes.csv row 2, column service_id/,
    ],
    [
      'a band to nowhere',
      'share_bands.csv',
      'nl; isle',
      'nl; moon',
      /^share_bands.csv row 2, column zones/,
    ],
    [
      'a band of no carrier',
      'share_bands.csv',
      'swift,nl',
      'slow,nl',
      /^share_bands.csv row 2, column carrier_id/,
    ],
    [
      'a band upside down',
      'share_bands.csv',
      '20,60',
      '61,60',
      /^share_bands.csv row 2, column maximum_percent: got 60/,
    ],
    ['a rate twice', 'rates.csv', '1000,', '5000,', /^rates.csv row 3, column weight_up_to_grams/],
    ['a negative rate', 'rates.csv', '200,', '-200,', /^rates.csv row 3, column base/],
    [
      'points that fall',
      'transit_times.csv',
      '172800',
      '17',
      /^transit_times.csv row 3, column seconds/,
    ],
    [
      'an unknown column',
      'sellers.csv',
      'name',
      'nam',
      /^sellers.csv row 1, column nam: is not a known/,
    ],
    ['a missing column', 'sellers.csv', 'id,', 'name,', /^sellers.csv row 1, column (?:id|name)/],
    ['an unknown currency', 'network.csv', 'EUR', 'EUX', /^network.csv row 2, column currency/],
    ['a policy out of range', 'policy.csv', '0.95', '95', /^policy.csv row 2, column confidence/],
  ];
  test.each(cases)('%s', async (_name, file, from, to, expected) => {
    expect(SOUND[file]).toContain(from);
    write({ ...SOUND, [file]: SOUND[file].replace(from, to) });

    const faults = await faultsOf();

    expect(faults[0]).toMatch(expected);
    expect(faults.length).toBeLessThanOrEqual(2);
  });

  test('and files that are missing, unknown or broken are named', async () => {
    write({ 'network.json': '{\n "format": \n}', 'pallets.csv': 'id\n' });

    const faults = await faultsOf([folder, join(folder, 'nowhere.csv')]);

    expect(faults.slice(0, 3)).toEqual([
      'nowhere.csv: is not there',
      expect.stringMatching(/^network.json(?: row 3)?: is not JSON/),
      expect.stringMatching(/^pallets.csv: is no part of a network/),
    ]);
  });
});

test('a cell is refused rather than guessed', () => {
  const refused: [Parameters<typeof readCell>[0], string][] = [
    ['number', '1,5'],
    ['number', '0x10'],
    ['number', 'Infinity'],
    ['truth', 'maybe'],
    ['hours', 'mon 08:00'],
    ['hours', 'fri-mon 08:00-12:00'],
    ['times', 'noon'],
    ['time', 'mon 12:00 13:00'],
    ['polygon', '[[4,5]'],
    ['pairs', 'food'],
    ['pairs', 'food & soap & acid'],
    ['pairs', 'food &'],
  ];
  for (const [kind, text] of refused) expect(readCell(kind, text)).toHaveProperty('expected');
});

test('kinds of goods that never share a parcel are pairs', () => {
  expect(readCell('pairs', 'hazardous & food; ambient&frozen')).toEqual({
    value: [
      ['hazardous', 'food'],
      ['ambient', 'frozen'],
    ],
  });
});
