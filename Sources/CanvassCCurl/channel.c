#include "CanvassCCurl.h"
#include "library.h"
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct curl_connection {
    const curl_library *library;
    CURL *handle;
    int descriptor;
    int stopDescriptor;
    // libcurl writes here, at most CURL_ERROR_SIZE (256) bytes.
    char reason[256];
};

// A library for TLS writes to its socket in a way that raises SIGPIPE when the connection is gone, which would end the
// process. While one of these is open, this thread gets none.
typedef struct {
    sigset_t before;
    bool wasPending;
} quiet;

static quiet beginQuiet(void) {
    quiet state;
    sigset_t pipeSignal, pending;
    sigemptyset(&pipeSignal);
    sigaddset(&pipeSignal, SIGPIPE);
    sigpending(&pending);
    state.wasPending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipeSignal, &state.before);
    return state;
}

static void endQuiet(const quiet *state) {
    sigset_t pending;
    sigpending(&pending);
    if (!state->wasPending && sigismember(&pending, SIGPIPE) == 1) {
        sigset_t pipeSignal;
        int taken;
        sigemptyset(&pipeSignal);
        sigaddset(&pipeSignal, SIGPIPE);
        sigwait(&pipeSignal, &taken);
    }
    pthread_sigmask(SIG_SETMASK, &state->before, NULL);
}

// Called by libcurl at least once a second while it connects; anything but 0 ends that.
static int isStopped(void *context, long long a, long long b, long long c, long long d) {
    (void)a, (void)b, (void)c, (void)d;
    const struct curl_connection *connection = context;
    struct pollfd stop = {.fd = connection->stopDescriptor, .events = POLLIN};
    return poll(&stop, 1, 0) > 0;
}

static curl_failure_kind kindOf(int code) {
    switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_NOT_BUILT_IN: return CURL_FAILURE_UNAVAILABLE;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return CURL_FAILURE_UNKNOWN_HOST;
    case CURLE_COULDNT_CONNECT: return CURL_FAILURE_NO_CONNECTION;
    case CURLE_OPERATION_TIMEDOUT: return CURL_FAILURE_TIMEOUT;
    case CURLE_ABORTED_BY_CALLBACK: return CURL_FAILURE_STOPPED;
    case CURLE_SSL_CONNECT_ERROR: return CURL_FAILURE_TLS;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return CURL_FAILURE_CERTIFICATE;
    default: return CURL_FAILURE_OTHER;
    }
}

static void explain(curl_failure *failure, curl_failure_kind kind, long errorNumber, const char *message) {
    failure->kind = kind;
    failure->errorNumber = (int)errorNumber;
    snprintf(failure->message, sizeof failure->message, "%s", message);
}

static int setUp(struct curl_connection *connection, const char *url, long timeoutMilliseconds) {
    const curl_library *library = connection->library;
    CURL *handle = connection->handle;
    int code = library->easy_setopt(handle, CURLOPT_URL, url);
    if (!code) code = library->easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
    if (!code) code = library->easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, timeoutMilliseconds);
    if (!code) code = library->easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    if (!code) code = library->easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    if (!code) code = library->easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (!code) code = library->easy_setopt(handle, CURLOPT_ERRORBUFFER, connection->reason);
    if (!code) code = library->easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, isStopped);
    if (!code) code = library->easy_setopt(handle, CURLOPT_XFERINFODATA, connection);
    if (!code) code = library->easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    const char *authorities = getenv("SSL_CERT_FILE");
    if (!code && authorities && *authorities) code = library->easy_setopt(handle, CURLOPT_CAINFO, authorities);
    return code;
}

static const char *reasonOf(const struct curl_connection *connection, int code) {
    return connection->reason[0] ? connection->reason : connection->library->easy_strerror(code);
}

curl_channel curl_channel_open(const char *url, long timeoutMilliseconds, int stopDescriptor, curl_failure *failure) {
    const curl_library *library = curl_library_get();
    curl_channel none = {NULL};
    if (library == NULL) {
        explain(failure, CURL_FAILURE_UNAVAILABLE, 0, "libcurl.so.4 is not there");
        return none;
    }
    struct curl_connection *connection = calloc(1, sizeof *connection);
    CURL *handle = connection ? library->easy_init() : NULL;
    if (handle == NULL) {
        free(connection);
        explain(failure, CURL_FAILURE_OTHER, 0, "out of memory");
        return none;
    }
    connection->library = library;
    connection->handle = handle;
    connection->stopDescriptor = stopDescriptor;
    quiet state = beginQuiet();
    int code = setUp(connection, url, timeoutMilliseconds);
    if (!code) code = library->easy_perform(handle);
    endQuiet(&state);
    if (!code) code = library->easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &connection->descriptor);
    // The descriptor is the caller's, who may close it from now on.
    connection->stopDescriptor = -1;
    curl_channel channel = {connection};
    if (code == CURLE_OK && connection->descriptor >= 0) return channel;
    long errorNumber = 0;
    library->easy_getinfo(handle, CURLINFO_OS_ERRNO, &errorNumber);
    explain(failure, kindOf(code), errorNumber, reasonOf(connection, code));
    curl_channel_close(channel);
    return none;
}

int curl_channel_descriptor(curl_channel channel) { return channel.connection->descriptor; }

static curl_channel_result judge(struct curl_connection *connection, int code) {
    if (code == CURLE_OK) return CURL_CHANNEL_OK;
    if (code == CURLE_AGAIN) return CURL_CHANNEL_AGAIN;
    const char *reason = reasonOf(connection, code);
    if (reason != connection->reason) snprintf(connection->reason, sizeof connection->reason, "%s", reason);
    return CURL_CHANNEL_BROKEN;
}

curl_channel_result curl_channel_send(curl_channel channel, const void *bytes, size_t length, size_t *count) {
    struct curl_connection *connection = channel.connection;
    quiet state = beginQuiet();
    connection->reason[0] = 0;
    int code = connection->library->easy_send(connection->handle, bytes, length, count);
    endQuiet(&state);
    return judge(connection, code);
}

curl_channel_result curl_channel_receive(curl_channel channel, void *buffer, size_t length, size_t *count) {
    struct curl_connection *connection = channel.connection;
    quiet state = beginQuiet();
    connection->reason[0] = 0;
    int code = connection->library->easy_recv(connection->handle, buffer, length, count);
    endQuiet(&state);
    return judge(connection, code);
}

const char *curl_channel_reason(curl_channel channel) { return channel.connection->reason; }

void curl_channel_close(curl_channel channel) {
    struct curl_connection *connection = channel.connection;
    quiet state = beginQuiet();
    connection->library->easy_cleanup(connection->handle);
    endQuiet(&state);
    free(connection);
}
