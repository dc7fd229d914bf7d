/** A file and where it stands below the folder that was chosen or dropped, as `folder/inner/name`. */
export interface PlacedFile {
  file: File
  path: string
}

/** The files of a chooser; one for folders tells their paths. */
export function filesOfChooser(files: Iterable<File>): PlacedFile[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }))
}

/** Every file of a drop, with those inside dropped folders, in the order of their paths. */
export async function filesOfDrop(transfer: DataTransfer): Promise<PlacedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  if (entries.length === 0) return filesOfChooser(transfer.files)
  const found = (await Promise.all(entries.map(filesOfEntry))).flat()
  return found.sort((one, other) => (one.path < other.path ? -1 : 1))
}

async function filesOfEntry(entry: FileSystemEntry): Promise<PlacedFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    return [{ file, path: entry.fullPath.replace(/^\//, '') }]
  }
  if (!isDirectory(entry)) return []
  const reader = entry.createReader()
  const found: PlacedFile[] = []
  // A reader hands over at most a hundred entries a call, and an empty list at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return found
    for (const inner of some) found.push(...(await filesOfEntry(inner)))
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}
