// slowsync: a slower disk. Loaded first (LD_PRELOAD), it lets each fsync and fdatasync take SYNC_MORE_MS longer.
// Build: cc -O2 -shared -fPIC -o slowsync.so slowsync.c -ldl
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int slower(const char *name, int fd) {
  const char *more = getenv("SYNC_MORE_MS");
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  int result = real(fd);
  long ms = more ? atol(more) : 0;
  struct timespec left = { ms / 1000, ms % 1000 * 1000000 };
  while (nanosleep(&left, &left) != 0) { }
  return result;
}

int fsync(int fd) { return slower("fsync", fd); }
int fdatasync(int fd) { return slower("fdatasync", fd); }
