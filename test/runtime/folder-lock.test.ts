import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderInUse, folderHolder, lockFolder } from '../../src/runtime/folder-lock.ts';

describe('the lock of a data folder', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portolan-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is held by one at a time, and says by whom', () => {
    const release = lockFolder(folder);

    expect(() => lockFolder(folder)).toThrow(FolderInUse);
    expect(() => lockFolder(folder)).toThrow(`process ${process.pid}`);
    expect(folderHolder(folder)).toBe(process.pid);
    release();
  });

  it('can be taken again after its release', () => {
    lockFolder(folder)();

    expect(folderHolder(folder)).toBeNull();
    lockFolder(folder)();
  });

  it('is taken over from a process that is gone', () => {
    const gone = { pid: 2 ** 22 - 1, born: 'long ago' };
    writeFileSync(join(folder, 'portolan.lock'), JSON.stringify(gone));

    lockFolder(folder)();
  });

  it('is taken over when the process id belongs to another process by now', () => {
    const reused = { pid: process.pid, born: 'before the last boot' };
    writeFileSync(join(folder, 'portolan.lock'), JSON.stringify(reused));

    lockFolder(folder)();
  });

  it('is taken over when its file is damaged', () => {
    writeFileSync(join(folder, 'portolan.lock'), '{"pid":');

    lockFolder(folder)();
  });

  it('is not released by one who no longer holds it', () => {
    const path = join(folder, 'portolan.lock');
    const release = lockFolder(folder);
    writeFileSync(path, '{"pid":1,"born":"another"}');

    release();

    expect(readFileSync(path, 'utf8')).toContain('another');
  });
});
