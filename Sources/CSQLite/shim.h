#pragma once
#include <sqlite3.h>
// Has every commit leave the number of frames in the write-ahead log at `frames`.
static int swell_note_frames(void *frames, sqlite3 *db, const char *name, int count) {
  (void)db; (void)name;
  *(int *)frames = count;
  return SQLITE_OK;
}
static inline void swell_count_frames(sqlite3 *db, int *frames) {
  sqlite3_wal_hook(db, swell_note_frames, frames);
}
// Without statistics of its memory SQLite takes no lock for each piece of it. Before anything else.
static inline int swell_forgo_memory_statistics(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
// SQLITE_TRANSIENT is a cast that Swift can't import.
static inline int swell_bind_text(sqlite3_stmt *s, int i, const char *p, int n) {
  return sqlite3_bind_text(s, i, p, n, SQLITE_TRANSIENT);
}
// Without a copy: what is bound must stay where it is until the statement was stepped and reset.
static inline int swell_lend_blob(sqlite3_stmt *s, int i, const void *p, int n) {
  return sqlite3_bind_blob(s, i, p, n, SQLITE_STATIC);
}
static inline int swell_lend_text(sqlite3_stmt *s, int i, const char *p, int n) {
  return sqlite3_bind_text(s, i, p, n, SQLITE_STATIC);
}
static inline int swell_bind_blob(sqlite3_stmt *s, int i, const void *p, int n) {
  return sqlite3_bind_blob(s, i, p, n, SQLITE_TRANSIENT);
}
