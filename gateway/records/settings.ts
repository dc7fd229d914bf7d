import type { DatabaseSync } from 'node:sqlite'

/** Small facts that the base keeps of itself, as JSON by name: its baseId, its network, how far the sample school is installed. */
export type Settings = {
  find<T>(name: string): T | undefined
  set(name: string, value: unknown): void
  remove(name: string): void
}

/** Opens the settings of one database. */
export const openSettings = (db: DatabaseSync): Settings => {
  const find = db.prepare('SELECT value FROM settings WHERE name = ?')
  const set = db.prepare('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
  const remove = db.prepare('DELETE FROM settings WHERE name = ?')
  return {
    find: <T>(name: string) => {
      const row = find.get(name)
      return row === undefined ? undefined : (JSON.parse(String(row['value'])) as T)
    },
    set: (name, value) => {
      set.run(name, JSON.stringify(value))
    },
    remove: (name) => {
      remove.run(name)
    },
  }
}
