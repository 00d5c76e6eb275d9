#pragma once
#include <stddef.h>

/// One file of Inventory/ or Playbooks/ as it was when the binary was built.
struct swell_stock_file {
  const char *name;  // path below the package, e.g. "Inventory/migrations/0001-inventory.sql"
  const unsigned char *bytes;
  size_t count;
};

/// The stock files; `*count` receives how many there are.
const struct swell_stock_file *swell_stock_files(size_t *count);
