/* A disk that fails on command: loaded before the C library into the program under test.
 *
 * Everything the program does to files below one folder is an event, and each event has a number;
 * SQLite's own reading and writing is counted too. At one number the wanted harm is done: the
 * process dies, dies in the middle of a write, is told of an error, or waits until somebody else
 * has done something to the disk. Nothing is changed in the program for it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE = 2, SYNC = 4, NAME = 8, REMOVE = 16, FOLDER = 32, CUT = 64, READ = 128 };
enum { COUNT, KILL, TORN, ERROR, LASTING, WAIT };

static char root[PATH_MAX];
static int kinds, harm, error_number, says = -1, hears = -1, log_fd = -1;
static long at, passed;

/* Count what happens below `folder` from now on; harm is done at number `moment`. */
void faulty_arm(const char *folder, int counted, int what, long moment, int error, int telling,
                int hearing, int logging)
{
    snprintf(root, sizeof root, "%s", folder);
    kinds = counted, harm = what, at = moment, error_number = error;
    says = telling, hears = hearing, log_fd = logging;
    __atomic_store_n(&passed, 0, __ATOMIC_SEQ_CST);
}

long faulty_passed(void) { return __atomic_load_n(&passed, __ATOMIC_SEQ_CST); }

static int below(const char *path)
{
    size_t length = strlen(root);
    return length && !strncmp(path, root, length) && (path[length] == '/' || !path[length]);
}

static int named(int fd, char *path)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return length > 0;
}

static void note(const char *event, const char *path)
{
    char line[PATH_MAX + 32];
    int length = snprintf(line, sizeof line, "%s %s\n", event, path + strlen(root));
    if (log_fd >= 0)
        syscall(SYS_write, log_fd, line, length);
}

static void wait_for_others(void)
{
    char byte = '.';
    syscall(SYS_write, says, &byte, 1);
    syscall(SYS_read, hears, &byte, 1);
}

/* Take note of an event; 0: go on, -1: it failed, 1: do half of it and die. */
static int event(int kind, const char *what, const char *path)
{
    if (!(kinds & kind) || !below(path))
        return 0;
    long number = __atomic_add_fetch(&passed, 1, __ATOMIC_SEQ_CST);
    note(what, path);
    if (number != at && !(harm == LASTING && at && number > at))
        return 0;
    switch (harm) {
    case KILL:
        kill(getpid(), SIGKILL);
        return 0;
    case TORN:
        if (kind == WRITE)
            return 1;
        kill(getpid(), SIGKILL);
        return 0;
    case ERROR:
    case LASTING:
        errno = error_number;
        return -1;
    case WAIT:
        wait_for_others();
    }
    return 0;
}

static int event_fd(int kind, const char *what, int fd)
{
    char path[PATH_MAX];
    return kinds & kind && named(fd, path) ? event(kind, what, path) : 0;
}

static int event_at(int kind, const char *what, int folder, const char *name)
{
    char path[PATH_MAX * 2];
    if (!(kinds & kind))
        return 0;
    if (name[0] == '/' || folder == AT_FDCWD)
        return event(kind, what, name);
    if (!named(folder, path))
        return 0;
    snprintf(path + strlen(path), PATH_MAX, "/%s", name);
    return event(kind, what, path);
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) \
        real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

/* ── Opening ─────────────────────────────────────────────────────────────────────────────── */

static int opened(int folder, const char *name, int flags)
{
    return flags & (O_CREAT | O_TRUNC) ? event_at(CREATE, "create", folder, name) : 0;
}

#define MODE \
    mode_t mode = 0; \
    if (flags & O_CREAT) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

#define OPEN(symbol) \
    int symbol(const char *name, int flags, ...) \
    { \
        REAL(int, #symbol, const char *, int, ...); \
        MODE \
        return opened(AT_FDCWD, name, flags) < 0 ? -1 : real(name, flags, mode); \
    }

#define OPENAT(symbol) \
    int symbol(int folder, const char *name, int flags, ...) \
    { \
        REAL(int, #symbol, int, const char *, int, ...); \
        MODE \
        return opened(folder, name, flags) < 0 ? -1 : real(folder, name, flags, mode); \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

/* ── Writing and reading ─────────────────────────────────────────────────────────────────── */

ssize_t write(int fd, const void *data, size_t count)
{
    REAL(ssize_t, "write", int, const void *, size_t);
    int told = event_fd(WRITE, "write", fd);
    if (told > 0) {
        real(fd, data, count / 2);
        kill(getpid(), SIGKILL);
    }
    return told < 0 ? -1 : real(fd, data, count);
}

#define PWRITE(symbol, offset_type) \
    ssize_t symbol(int fd, const void *data, size_t count, offset_type offset) \
    { \
        REAL(ssize_t, #symbol, int, const void *, size_t, offset_type); \
        int told = event_fd(WRITE, "write", fd); \
        if (told > 0) { \
            real(fd, data, count / 2, offset); \
            kill(getpid(), SIGKILL); \
        } \
        return told < 0 ? -1 : real(fd, data, count, offset); \
    }

PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    return event_fd(WRITE, "write", fd) < 0 ? -1 : real(fd, pieces, count);
}

ssize_t read(int fd, void *data, size_t count)
{
    REAL(ssize_t, "read", int, void *, size_t);
    return event_fd(READ, "read", fd) < 0 ? -1 : real(fd, data, count);
}

#define PREAD(symbol, offset_type) \
    ssize_t symbol(int fd, void *data, size_t count, offset_type offset) \
    { \
        REAL(ssize_t, #symbol, int, void *, size_t, offset_type); \
        return event_fd(READ, "read", fd) < 0 ? -1 : real(fd, data, count, offset); \
    }

PREAD(pread, off_t)
PREAD(pread64, off64_t)

#define ON_FD(symbol, kind, what) \
    int symbol(int fd) \
    { \
        REAL(int, #symbol, int); \
        return event_fd(kind, what, fd) < 0 ? -1 : real(fd); \
    }

ON_FD(fsync, SYNC, "sync")
ON_FD(fdatasync, SYNC, "sync")
ON_FD(syncfs, SYNC, "sync")

#define CUTTING(symbol, offset_type) \
    int symbol(int fd, offset_type size) \
    { \
        REAL(int, #symbol, int, offset_type); \
        return event_fd(CUT, "cut", fd) < 0 ? -1 : real(fd, size); \
    }

CUTTING(ftruncate, off_t)
CUTTING(ftruncate64, off64_t)

/* ── Names ───────────────────────────────────────────────────────────────────────────────── */

#define TWO_NAMES(symbol, what) \
    int symbol(const char *old, const char *new) \
    { \
        REAL(int, #symbol, const char *, const char *); \
        return event(NAME, what, new) < 0 ? -1 : real(old, new); \
    }

TWO_NAMES(rename, "rename")
TWO_NAMES(link, "link")

int renameat(int from, const char *old, int to, const char *new)
{
    REAL(int, "renameat", int, const char *, int, const char *);
    return event_at(NAME, "rename", to, new) < 0 ? -1 : real(from, old, to, new);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
    REAL(int, "linkat", int, const char *, int, const char *, int);
    return event_at(NAME, "link", to, new) < 0 ? -1 : real(from, old, to, new, flags);
}

#define ONE_NAME(symbol, kind, what) \
    int symbol(const char *name) \
    { \
        REAL(int, #symbol, const char *); \
        return event(kind, what, name) < 0 ? -1 : real(name); \
    }

ONE_NAME(unlink, REMOVE, "remove")
ONE_NAME(rmdir, REMOVE, "remove")

int unlinkat(int folder, const char *name, int flags)
{
    REAL(int, "unlinkat", int, const char *, int);
    return event_at(REMOVE, "remove", folder, name) < 0 ? -1 : real(folder, name, flags);
}

int mkdir(const char *name, mode_t mode)
{
    REAL(int, "mkdir", const char *, mode_t);
    return event(FOLDER, "folder", name) < 0 ? -1 : real(name, mode);
}

int mkdirat(int folder, const char *name, mode_t mode)
{
    REAL(int, "mkdirat", int, const char *, mode_t);
    return event_at(FOLDER, "folder", folder, name) < 0 ? -1 : real(folder, name, mode);
}
