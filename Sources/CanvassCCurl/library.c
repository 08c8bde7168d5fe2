#include "library.h"
#include <dlfcn.h>
#include <pthread.h>

static curl_library library;
static bool isLoaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    const char *names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib"};
    void *image = NULL;
    for (size_t index = 0; image == NULL && index < sizeof names / sizeof names[0]; index++) {
        image = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
    }
    if (image == NULL) return;
    // POSIX lets a pointer that dlsym returns be called, which ISO C has no conversion for.
    const struct {
        const char *name;
        void *place;
    } symbols[] = {
        {"curl_global_init", &library.global_init},     {"curl_easy_init", &library.easy_init},
        {"curl_easy_setopt", &library.easy_setopt},     {"curl_easy_perform", &library.easy_perform},
        {"curl_easy_getinfo", &library.easy_getinfo},   {"curl_easy_send", &library.easy_send},
        {"curl_easy_recv", &library.easy_recv},         {"curl_easy_strerror", &library.easy_strerror},
        {"curl_easy_cleanup", &library.easy_cleanup},
    };
    for (size_t index = 0; index < sizeof symbols / sizeof symbols[0]; index++) {
        void *symbol = dlsym(image, symbols[index].name);
        if (symbol == NULL) return;
        *(void **)symbols[index].place = symbol;
    }
    isLoaded = library.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

const curl_library *curl_library_get(void) {
    pthread_once(&once, load);
    return isLoaded ? &library : NULL;
}
