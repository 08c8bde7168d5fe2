// The part of libcurl's interface that is used. Its numbers never change: https://curl.se/libcurl/c/abi.html
#ifndef CANVASS_CURL_LIBRARY_H
#define CANVASS_CURL_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

typedef void CURL;

enum {
    CURLOPT_CONNECTTIMEOUT_MS = 156,
    CURLOPT_CONNECT_ONLY = 141,
    CURLOPT_HTTP_VERSION = 84,
    CURLOPT_NOPROGRESS = 43,
    CURLOPT_NOSIGNAL = 99,
    CURLOPT_SSLVERSION = 32,
    CURLOPT_URL = 10002,
    CURLOPT_ERRORBUFFER = 10010,
    CURLOPT_XFERINFODATA = 10057,
    CURLOPT_CAINFO = 10065,
    CURLOPT_XFERINFOFUNCTION = 20219,
};

enum {
    CURL_HTTP_VERSION_1_1 = 2,
    CURL_SSLVERSION_TLSv1_2 = 6,
    CURL_GLOBAL_DEFAULT = 3,
    CURLINFO_OS_ERRNO = 0x200000 + 25,
    CURLINFO_ACTIVESOCKET = 0x500000 + 44,
};

enum {
    CURLE_OK = 0,
    CURLE_UNSUPPORTED_PROTOCOL = 1,
    CURLE_NOT_BUILT_IN = 4,
    CURLE_COULDNT_RESOLVE_PROXY = 5,
    CURLE_COULDNT_RESOLVE_HOST = 6,
    CURLE_COULDNT_CONNECT = 7,
    CURLE_OPERATION_TIMEDOUT = 28,
    CURLE_SSL_CONNECT_ERROR = 35,
    CURLE_ABORTED_BY_CALLBACK = 42,
    CURLE_PEER_FAILED_VERIFICATION = 60,
    CURLE_SSL_CACERT_BADFILE = 77,
    CURLE_AGAIN = 81,
    CURLE_SSL_ISSUER_ERROR = 83,
    CURLE_SSL_INVALIDCERTSTATUS = 91,
};

typedef struct {
    int (*global_init)(long flags);
    CURL *(*easy_init)(void);
    int (*easy_setopt)(CURL *handle, int option, ...);
    int (*easy_perform)(CURL *handle);
    int (*easy_getinfo)(CURL *handle, int info, ...);
    int (*easy_send)(CURL *handle, const void *bytes, size_t length, size_t *count);
    int (*easy_recv)(CURL *handle, void *buffer, size_t length, size_t *count);
    const char *(*easy_strerror)(int code);
    void (*easy_cleanup)(CURL *handle);
} curl_library;

// NULL where the system has none.
const curl_library *curl_library_get(void);

#endif
