// A TLS connection as a channel for bytes, by the system's libcurl, which is loaded when the first one is made.
#ifndef CANVASS_C_CURL_H
#define CANVASS_C_CURL_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __clang__
#define CURL_CHANNEL_SENDABLE __attribute__((swift_attr("@Sendable")))
#else
#define CURL_CHANNEL_SENDABLE
#endif

// May be handed from thread to thread; one at a time uses it.
typedef struct CURL_CHANNEL_SENDABLE {
    // NULL where there is no connection.
    struct curl_connection *connection;
} curl_channel;

typedef enum {
    CURL_CHANNEL_OK,
    CURL_CHANNEL_AGAIN,
    CURL_CHANNEL_BROKEN,
} curl_channel_result;

typedef enum {
    CURL_FAILURE_OTHER,
    // There is no libcurl, or one without TLS.
    CURL_FAILURE_UNAVAILABLE,
    CURL_FAILURE_UNKNOWN_HOST,
    CURL_FAILURE_NO_CONNECTION,
    CURL_FAILURE_TIMEOUT,
    CURL_FAILURE_STOPPED,
    // The other side does not speak TLS, or not one that is spoken here.
    CURL_FAILURE_TLS,
    CURL_FAILURE_CERTIFICATE,
} curl_failure_kind;

typedef struct {
    curl_failure_kind kind;
    // The errno of a connection that was not made; 0 where there is none.
    int errorNumber;
    char message[256];
} curl_failure;

// Connects to the host of an https URL, through a proxy where the environment names one, and checks the host's certificate.
// Waits until it is done.
//
// stopDescriptor: readable as soon as nobody waits for the connection any more.
// Returns an empty channel, with the reason, when there is none.
curl_channel curl_channel_open(const char *url, long timeoutMilliseconds, int stopDescriptor, curl_failure *failure);

// What to wait with.
int curl_channel_descriptor(curl_channel channel);

// Both return at once. A *count of 0 that was received means that the other side has closed.
curl_channel_result curl_channel_send(curl_channel channel, const void *bytes, size_t length, size_t *count);
curl_channel_result curl_channel_receive(curl_channel channel, void *buffer, size_t length, size_t *count);

// Why the last call said that the connection is broken.
const char *curl_channel_reason(curl_channel channel);

void curl_channel_close(curl_channel channel);

#endif
