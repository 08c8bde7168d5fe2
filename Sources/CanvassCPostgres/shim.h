// The client library of PostgreSQL (https://www.postgresql.org/docs/current/libpq.html). Debian has its header in a folder
// that is not searched.
#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif

// What Swift does not import: a macro that is a character.
static inline int canvass_postgres_sqlstate(void) { return PG_DIAG_SQLSTATE; }
