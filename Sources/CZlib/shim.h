#pragma once
#include <zlib.h>
// inflateInit2 and deflateInit2 are macros that Swift can't import.
static inline int swell_inflate_init(z_stream *s, int bits) { return inflateInit2(s, bits); }
static inline int swell_deflate_init(z_stream *s, int level, int bits, int memory) {
  return deflateInit2(s, level, Z_DEFLATED, bits, memory, Z_DEFAULT_STRATEGY);
}
