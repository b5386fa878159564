/* What a disk has when the power goes: of each file under KEPT_OF what it held when it was last
   synced, kept in KEPT_IN. Whatever was written after that is lost.

   It is read through the descriptor that was synced where that can be read: closing another one of
   the same file would give up the locks that a database has on it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void keep(int file)
{
    const char *of = getenv("KEPT_OF"), *in = getenv("KEPT_IN");
    char link[64], path[PATH_MAX], to[2 * PATH_MAX], fresh[3 * PATH_MAX], block[65536];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t got = readlink(link, path, sizeof path - 1);
    if (!of || !in || got < 0)
        return;
    path[got] = 0;
    if (strncmp(path, of, strlen(of)) || path[strlen(of)] != '/')
        return;
    snprintf(to, sizeof to, "%s%s", in, path + strlen(of));
    snprintf(fresh, sizeof fresh, "%s.%d.%d", to, (int)getpid(), file);
    int out = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0)
        return; /* a directory of its own, which nobody here has */
    int only_written = (fcntl(file, F_GETFL) & O_ACCMODE) == O_WRONLY;
    if (only_written)
        file = open(link, O_RDONLY | O_CLOEXEC);
    off_t at = 0;
    while ((got = pread(file, block, sizeof block, at)) > 0) {
        if (write(out, block, got) != got)
            abort();
        at += got;
    }
    close(out);
    if (only_written)
        close(file);
    if (got == 0)
        rename(fresh, to);
    else
        unlink(fresh); /* a directory */
}

static int synced(const char *call, int file)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, call);
    int said = real(file), error = errno;
    if (said == 0)
        keep(file);
    errno = error;
    return said;
}

int fsync(int file) { return synced("fsync", file); }
int fdatasync(int file) { return synced("fdatasync", file); }
