// The system SQLite (https://sqlite.org/cintro.html).
#include <sqlite3.h>

// What Swift cannot import: a macro that is a cast, and a function with variable arguments.
static inline sqlite3_destructor_type canvass_sqlite_transient(void) { return SQLITE_TRANSIENT; }

static inline int canvass_sqlite_configure(sqlite3 *connection, int option, int value) {
    return sqlite3_db_config(connection, option, value, (int *)0);
}
