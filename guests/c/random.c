// run:
//
// random - random_get: always full, never beyond the end, large and empty requests.
#include <unistd.h>

#include "check.h"

enum { kLarge = 33 << 20 };

int main(void) {
  uint8_t small[64];
  memset(small, 0, sizeof small);
  CHECK_OK(random_get(small + 16, 32));
  for (int i = 0; i < 16; i++) CHECK(small[i] == 0 && small[48 + i] == 0);
  uint8_t other[32];
  CHECK_OK(random_get(other, 32));
  CHECK(memcmp(small + 16, other, 32) != 0);

  // Nothing is nothing, wherever it is.
  CHECK_OK(random_get(NULL, 0));
  CHECK_OK(random_get((void*)0xffffffffu, 0));

  uint8_t* large = calloc(kLarge + 1, 1);
  if (!CHECK(large != NULL)) return check_done();
  CHECK_OK(random_get(large, kLarge));
  CHECK_EQ(large[kLarge], 0);
  // 16 zeros in a row at any of these places: once in 10^32 runs.
  for (u32 at = 0; at + 16 <= kLarge; at += 4096) {
    bool zero = true;
    for (u32 i = 0; i < 16; i++) zero &= large[at + i] == 0;
    if (!CHECK(!zero)) break;
  }
  u32 counts[256] = {0};
  for (u32 i = 0; i < kLarge; i++) counts[large[i]]++;
  for (int i = 0; i < 256; i++) CHECK(counts[i] > kLarge / 256 / 2 && counts[i] < kLarge / 128);
  free(large);

  CHECK(getentropy(other, sizeof other) == 0);
  return check_done();
}
