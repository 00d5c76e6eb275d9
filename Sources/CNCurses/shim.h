#pragma once
#define NCURSES_WIDECHAR 1
#include <errno.h>
#include <ncurses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

// Macros and globals that Swift cannot or may not touch.
static inline WINDOW *swell_stdscr(void) { return stdscr; }
static inline WINDOW *swell_curscr(void) { return curscr; }
static inline int swell_colors(void) { return COLORS; }
static inline int swell_color_pairs(void) { return COLOR_PAIRS; }
static inline int swell_rows(void) { return getmaxy(stdscr); }
static inline int swell_columns(void) { return getmaxx(stdscr); }
static inline int swell_function_key(int code) {
  return code > KEY_F0 && code <= KEY_F(63) ? code - KEY_F0 : 0;
}
static inline int swell_width(unsigned scalar) {
  extern int wcwidth(wchar_t);
  return wcwidth((wchar_t)scalar);
}
static const attr_t swell_bold = A_BOLD;
static const attr_t swell_dim = A_DIM;
static const attr_t swell_underline = A_UNDERLINE;
static const attr_t swell_reverse = A_REVERSE;

// The entry of the terminal database, without opening the terminal: 1 when found, 0 when not,
// -1 without a database. `has_cup` says whether it can place the cursor.
static inline int swell_terminal_entry(const char *name, int fd, int *has_cup) {
  int found = -1;
  TERMINAL *before = cur_term;
  if (setupterm(name, fd, &found) != OK) {
    *has_cup = 0;
    // A hard copy or generic terminal is found, and ERR all the same.
    return found == 1 ? 1 : found;
  }
  const char *cup = tigetstr("cup");
  *has_cup = cup != NULL && cup != (const char *)-1 && cup[0] != 0;
  TERMINAL *mine = set_curterm(before);
  if (mine != before) del_curterm(mine);
  return 1;
}

static inline int swell_window_size(int fd, int *high, int *wide) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return -1;
  *high = size.ws_row;
  *wide = size.ws_col;
  return 0;
}

// What puts the terminal back when the program dies without passing through its loop. In C,
// because a signal handler may call nothing that allocates or takes a lock. Being static, it
// exists once per object file: Reset.swift of Terminal alone may use it.
struct swell_reset {
  int armed;
  int fd;
  size_t length;
  char text[512];
  struct termios mode;
  struct sigaction saved[NSIG];
};
static inline struct swell_reset *swell_reset_state(void) {
  static struct swell_reset state;
  return &state;
}

static inline void swell_reset_now(void) {
  struct swell_reset *state = swell_reset_state();
  if (!__atomic_exchange_n(&state->armed, 0, __ATOMIC_ACQ_REL)) return;
  size_t done = 0;
  while (done < state->length) {
    ssize_t n = write(state->fd, state->text + done, state->length - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += (size_t)n;
  }
  tcsetattr(state->fd, TCSANOW, &state->mode);
}

static inline void swell_on_crash(int number, siginfo_t *info, void *context) {
  swell_reset_now();
  struct sigaction *before = &swell_reset_state()->saved[number];
  if (before->sa_flags & SA_SIGINFO) {
    before->sa_sigaction(number, info, context);
  } else if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN) {
    before->sa_handler(number);
  } else {
    signal(number, SIG_DFL);
    raise(number);
  }
}

// Keeps the mode to go back to and the text to write before it.
static inline int swell_reset_prepare(int fd, const char *text, const struct termios *mode) {
  size_t length = strlen(text);
  if (length > sizeof swell_reset_state()->text) return -1;
  swell_reset_state()->fd = fd;
  swell_reset_state()->length = length;
  memcpy(swell_reset_state()->text, text, length);
  swell_reset_state()->mode = *mode;
  return 0;
}

static inline void swell_reset_arm(int armed) {
  __atomic_store_n(&swell_reset_state()->armed, armed, __ATOMIC_RELEASE);
}

// Once a process: on exit, and on the signals of a crash, before whatever handled those so far.
static inline void swell_reset_install(void) {
  static char stack[65536];
  static const int crashes[] = {SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV};
  stack_t now;
  // A stack overflow has no stack left to run a handler on.
  if (sigaltstack(NULL, &now) == 0 && (now.ss_flags & SS_DISABLE)) {
    stack_t mine = {.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof stack};
    sigaltstack(&mine, NULL);
  }
  for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = swell_on_crash;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(crashes[i], &action, &swell_reset_state()->saved[crashes[i]]);
  }
  atexit(swell_reset_now);
}
