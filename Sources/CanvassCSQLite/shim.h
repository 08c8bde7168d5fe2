// The system SQLite (https://sqlite.org/cintro.html).
#include <sqlite3.h>
