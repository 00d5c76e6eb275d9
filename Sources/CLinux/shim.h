#pragma once
// Linux calls that Swift's Glibc overlay leaves out.
// No _GNU_SOURCE: it changes declarations that Swift's Glibc module has without it, and two
// definitions of one type do not import. What only GNU mode declares is declared below.
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

// Swift's Glibc declares none of these although libc has them.
extern int accept4(int, struct sockaddr *, socklen_t *, int);
extern int pipe2(int[2], int);
extern int wcwidth(wchar_t);
extern int pthread_setname_np(pthread_t, const char *);

// Names the calling thread.
static inline int swell_name_thread(const char *name) {
  return pthread_setname_np(pthread_self(), name);
}

// struct ucred of SO_PEERCRED is hidden without GNU mode: process, user and group of the peer of a
// Unix socket. 0, or -1 with errno.
static inline int swell_peer_credentials(int fd, int *pid, unsigned *uid, unsigned *gid) {
  struct { int pid; unsigned uid; unsigned gid; } peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
  *pid = peer.pid;
  *uid = peer.uid;
  *gid = peer.gid;
  return 0;
}

// Supplementary groups of the peer of a Unix socket when it connected (unix(7), SO_PEERGROUPS,
// Linux 4.13): how many, or -1 with errno.
static inline int swell_peer_groups(int fd, unsigned *groups, int most) {
  socklen_t length = (socklen_t)most * sizeof *groups;
  if (getsockopt(fd, SOL_SOCKET, 59 /* SO_PEERGROUPS */, groups, &length) != 0) return -1;
  return (int)(length / sizeof *groups);
}
