// Glibc's Swift module does not export epoll (https://man7.org/linux/man-pages/man7/epoll.7.html).
#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#endif
