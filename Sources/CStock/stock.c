#include "CStock.h"

// #embed instead of SwiftPM's embedInCode: a Swift array literal of 100 kB costs half a minute of
// build time, the assembler takes these bytes as they are.
static const unsigned char migration_0001[] = {
#embed "../../Inventory/migrations/0001-inventory.sql"
};

#define FILE_ENTRY(path, bytes) {path, bytes, sizeof bytes}

static const struct swell_stock_file files[] = {
    FILE_ENTRY("Inventory/migrations/0001-inventory.sql", migration_0001),
};

const struct swell_stock_file *swell_stock_files(size_t *count) {
  *count = sizeof files / sizeof files[0];
  return files;
}
