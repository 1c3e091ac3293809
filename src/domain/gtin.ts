/**
 * GS1 trade item numbers (GTIN-8, -12, -13, -14): the last digit is a check digit, weighted 3 and 1
 * from the right, modulo 10 (GS1 General Specifications §7.9). A mistyped number is caught here,
 * before a warehouse scans for goods that do not exist.
 */

/** The check digit of a GTIN whose other digits are `digits`; the caller has checked the form. */
export function gtinCheckDigit(digits: string): number {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    sum += index % 2 === 0 ? digit * 3 : digit;
  }
  return (10 - (sum % 10)) % 10;
}

/** True for 8, 12, 13 or 14 digits of which the last is the right check digit. */
export function isGtin(text: string): boolean {
  if (!/^(?:[0-9]{8}|[0-9]{12,14})$/.test(text)) return false;
  return gtinCheckDigit(text.slice(0, -1)) === text.charCodeAt(text.length - 1) - 48;
}
