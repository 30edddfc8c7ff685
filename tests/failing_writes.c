/* Fails or kills at the nth change of a file below a folder: preloaded, for tests of what is left.
 *
 * AT_UNDER  a folder: only files below it count
 * AT_CHANGE which change: 1 is the first
 * AT_KILL   set: the process ends there by SIGKILL; else the change fails with ENOSPC, as do all
 *           that follow (a full disk stays full)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int changes;

static int refused(const char* path) {
    const char* under = getenv("AT_UNDER");
    const char* at = getenv("AT_CHANGE");
    if (!under || !at || strncmp(path, under, strlen(under)) != 0) return 0;
    if (++changes < atoi(at)) return 0;
    if (getenv("AT_KILL")) kill(getpid(), SIGKILL);
    errno = ENOSPC;
    return 1;
}

static int refused_file(int file) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return refused(path);
}

ssize_t write(int file, const void* data, size_t size) {
    static ssize_t (*next)(int, const void*, size_t);
    if (!next) next = dlsym(RTLD_NEXT, "write");
    if (refused_file(file)) return -1;
    return next(file, data, size);
}

static int opened(const char* symbol, const char* path, int flags, mode_t mode) {
    int (*next)(const char*, int, ...) = dlsym(RTLD_NEXT, symbol);
    if ((flags & (O_CREAT | O_TRUNC)) && refused(path)) return -1;
    return next(path, flags, mode);
}

int open(const char* path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return opened("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return opened("open64", path, flags, mode);
}

int rename(const char* from, const char* to) {
    int (*next)(const char*, const char*) = dlsym(RTLD_NEXT, "rename");
    return refused(to) ? -1 : next(from, to);
}

int mkdir(const char* path, mode_t mode) {
    int (*next)(const char*, mode_t) = dlsym(RTLD_NEXT, "mkdir");
    return refused(path) ? -1 : next(path, mode);
}
