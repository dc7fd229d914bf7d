/** Where a roster goes wrong: a stable code, the place, and values that are never personal (no cell content). */
export interface RosterProblem {
  /** Stable reason, a key of `ROSTER_REASONS`. */
  readonly code: RosterReason
  /** File inside the zip, or null when the zip itself is at fault. */
  readonly file: string | null
  /** 1-based line on which the row begins (the header is line 1), or null when the whole file is meant. */
  readonly row: number | null
  /** Column name, or null when the whole row is meant. */
  readonly column: string | null
  /** Values for the sentence, such as what was expected; never what the cell held. */
  readonly params: Readonly<Record<string, string | number>>
}

/** Every reason, with its English sentence for the command line; `{name}` stands for a parameter. */
export const ROSTER_REASONS = {
  ROSTER_ZIP_UNREADABLE: 'The file is not a readable zip ({detail}); export it again as a OneRoster 1.2 zip.',
  ROSTER_ZIP_TOO_LARGE: 'The zip is larger than {limit} {unit}; export fewer records at a time.',
  ROSTER_ZIP_ENCRYPTED: 'The zip is protected by a password; export it without one.',
  ROSTER_ZIP_PATH: 'The zip holds a name that leaves its folder; make the zip again from the CSV files alone.',
  ROSTER_ZIP_DUPLICATE: 'The zip holds this file more than once; keep one.',
  ROSTER_MANIFEST_MISSING: 'manifest.csv is missing; OneRoster 1.2 asks for it.',
  ROSTER_MANIFEST_INVALID: 'manifest.csv gives no usable value for {property}; expected {expected}.',
  ROSTER_VERSION: 'The roster says OneRoster {version}; this base reads 1.2.',
  ROSTER_DELTA: 'The manifest announces this file as delta; this base reads bulk files. Export it in bulk.',
  ROSTER_FILE_MISSING: 'The manifest announces this file, but the zip does not hold it.',
  ROSTER_FILE_UNANNOUNCED: 'The zip holds this file, but the manifest says absent.',
  ROSTER_FILE_WAITS: '{rows} rows refer to {dependsOn}, which was refused or is not here, and which this base does not hold either.',
  ROSTER_FILE_NOT_KEPT: 'This file is not needed here and was not kept.',
  ROSTER_ENCODING: 'The file is neither UTF-8 nor GB18030 text; save it as UTF-8.',
  ROSTER_DECODED_GB18030: 'The file is not UTF-8 as the standard asks; it was read as GB18030.',
  ROSTER_CSV_SYNTAX: 'The quotation marks of this row do not close properly.',
  ROSTER_COLUMN_MISSING: 'The column is missing from the header row.',
  ROSTER_COLUMN_DUPLICATE: 'The header row names the column twice.',
  ROSTER_COLUMN_IGNORED: 'The column is not part of OneRoster 1.2 and was ignored.',
  ROSTER_ROW_LENGTH: 'The row has {found} fields; the header has {expected}.',
  ROSTER_TOO_MANY_ROWS: 'The file has more than {limit} rows.',
  ROSTER_VALUE_MISSING: 'The field is empty, but OneRoster 1.2 requires it.',
  ROSTER_VALUE_TOO_LONG: 'The field is longer than {limit} characters.',
  ROSTER_VALUE_CHARACTERS: 'The field holds control characters.',
  ROSTER_VALUE_KIND: 'The field is not {expected}.',
  ROSTER_STATUS: 'The status is not allowed in a bulk file; expected empty or active.',
  ROSTER_DATES_REVERSED: 'The end date lies before the start date.',
  ROSTER_ID_DUPLICATE: 'The sourcedId is already used on line {firstRow}.',
  ROSTER_REFERENCE: 'No row of {target} has this sourcedId.',
  ROSTER_REFERENCE_LOOP: 'The parents of this row lead back to itself.',
} as const

/** A stable reason code. */
export type RosterReason = keyof typeof ROSTER_REASONS

/** Where a problem lies; what is left out is null. */
export interface RosterPlace {
  readonly file?: string
  readonly row?: number
  readonly column?: string
}

/** One problem at a place. */
export const problemAt = (code: RosterReason, place: RosterPlace = {}, params: RosterProblem['params'] = {}): RosterProblem => ({
  code,
  file: place.file ?? null,
  row: place.row ?? null,
  column: place.column ?? null,
  params,
})

/** The English sentence of a problem, with its place in front. */
export const describeProblem = (problem: RosterProblem): string => {
  const place = [problem.file, problem.row === null ? null : `line ${problem.row}`, problem.column].filter((part) => part !== null)
  const sentence = ROSTER_REASONS[problem.code].replace(/\{(\w+)\}/g, (_, name: string) => String(problem.params[name] ?? ''))
  return place.length === 0 ? sentence : `${place.join(', ')}: ${sentence}`
}
