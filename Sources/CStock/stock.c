#include "CStock.h"

// #embed instead of SwiftPM's embedInCode: a Swift array literal of 100 kB costs half a minute of
// build time, the assembler takes these bytes as they are.
static const unsigned char migration_0001[] = {
#embed "../../Inventory/migrations/0001-inventory.sql"
};
static const unsigned char migration_0002[] = {
#embed "../../Inventory/migrations/0002-side-states.sql"
};

static const unsigned char migration_0003[] = {
#embed "../../Inventory/migrations/0003-sessions.sql"
};
static const unsigned char migration_0004[] = {
#embed "../../Inventory/migrations/0004-holdings.sql"
};
static const unsigned char migration_0005[] = {
#embed "../../Inventory/migrations/0005-tolerations.sql"
};
static const unsigned char migration_0006[] = {
#embed "../../Inventory/migrations/0006-security.sql"
};
static const unsigned char migration_0007[] = {
#embed "../../Inventory/migrations/0007-selection.sql"
};
static const unsigned char migration_0008[] = {
#embed "../../Inventory/migrations/0008-trust.sql"
};
static const unsigned char migration_0009[] = {
#embed "../../Inventory/migrations/0009-health.sql"
};

static const unsigned char migration_0010[] = {
#embed "../../Inventory/migrations/0010-sites.sql"
};

static const unsigned char migration_0011[] = {
#embed "../../Inventory/migrations/0011-outbox.sql"
};

static const unsigned char migration_0012[] = {
#embed "../../Inventory/migrations/0012-staying.sql"
};

static const unsigned char migration_0013[] = {
#embed "../../Inventory/migrations/0013-counted-in-place.sql"
};

static const unsigned char messages_16[] = {
#embed "../../Inventory/messages/ocpp1.6.txt"
};
static const unsigned char messages_201[] = {
#embed "../../Inventory/messages/ocpp2.0.1.txt"
};
static const unsigned char messages_21[] = {
#embed "../../Inventory/messages/ocpp2.1.txt"
};

static const unsigned char keymap[] = {
#embed "../../Inventory/keymap.csv"
};

static const unsigned char violations[] = {
#embed "../../Inventory/violations.csv"
};

static const unsigned char quirks[] = {
#embed "../../Inventory/quirks.csv"
};

static const unsigned char data_transfer[] = {
#embed "../../Inventory/data-transfer.csv"
};

static const unsigned char demo_fleet[] = {
#embed "../../Inventory/fleets/demo.csv"
};

static const unsigned char demo_firmware[] = {
#embed "../../Inventory/fleets/demo-firmware.csv"
};

static const unsigned char demo_playbook[] = {
#embed "../../Inventory/fleets/demo-playbook.json5"
};

static const unsigned char habits_fleet[] = {
#embed "../../Inventory/fleets/habits.csv"
};

static const unsigned char habits_firmware[] = {
#embed "../../Inventory/fleets/habits-firmware.csv"
};

static const unsigned char habits_playbook[] = {
#embed "../../Inventory/fleets/habits-playbook.json5"
};

static const unsigned char playbook_in_place[] = {
#embed "../../Playbooks/in-place.json5"
};

static const unsigned char playbook_quick[] = {
#embed "../../Playbooks/quick.json5"
};

static const unsigned char playbook_roll_back[] = {
#embed "../../Playbooks/roll-back.json5"
};

static const unsigned char playbook_straight_to_21[] = {
#embed "../../Playbooks/straight-to-2.1.json5"
};

static const unsigned char playbook_switch_only[] = {
#embed "../../Playbooks/switch-only.json5"
};

static const unsigned char playbook_two_hops[] = {
#embed "../../Playbooks/two-hops.json5"
};

#define FILE_ENTRY(path, bytes) {path, bytes, sizeof bytes}

static const struct swell_stock_file files[] = {
    FILE_ENTRY("Inventory/migrations/0001-inventory.sql", migration_0001),
    FILE_ENTRY("Inventory/migrations/0002-side-states.sql", migration_0002),
    FILE_ENTRY("Inventory/migrations/0003-sessions.sql", migration_0003),
    FILE_ENTRY("Inventory/migrations/0004-holdings.sql", migration_0004),
    FILE_ENTRY("Inventory/migrations/0005-tolerations.sql", migration_0005),
    FILE_ENTRY("Inventory/migrations/0006-security.sql", migration_0006),
    FILE_ENTRY("Inventory/migrations/0007-selection.sql", migration_0007),
    FILE_ENTRY("Inventory/migrations/0008-trust.sql", migration_0008),
    FILE_ENTRY("Inventory/migrations/0009-health.sql", migration_0009),
    FILE_ENTRY("Inventory/migrations/0010-sites.sql", migration_0010),
    FILE_ENTRY("Inventory/migrations/0011-outbox.sql", migration_0011),
    FILE_ENTRY("Inventory/migrations/0012-staying.sql", migration_0012),
    FILE_ENTRY("Inventory/migrations/0013-counted-in-place.sql", migration_0013),
    FILE_ENTRY("Inventory/violations.csv", violations),
    FILE_ENTRY("Inventory/quirks.csv", quirks),
    FILE_ENTRY("Inventory/data-transfer.csv", data_transfer),
    FILE_ENTRY("Inventory/messages/ocpp1.6.txt", messages_16),
    FILE_ENTRY("Inventory/messages/ocpp2.0.1.txt", messages_201),
    FILE_ENTRY("Inventory/messages/ocpp2.1.txt", messages_21),
    FILE_ENTRY("Inventory/keymap.csv", keymap),
    FILE_ENTRY("Playbooks/in-place.json5", playbook_in_place),
    FILE_ENTRY("Playbooks/quick.json5", playbook_quick),
    FILE_ENTRY("Playbooks/roll-back.json5", playbook_roll_back),
    FILE_ENTRY("Playbooks/straight-to-2.1.json5", playbook_straight_to_21),
    FILE_ENTRY("Playbooks/switch-only.json5", playbook_switch_only),
    FILE_ENTRY("Playbooks/two-hops.json5", playbook_two_hops),
    FILE_ENTRY("Inventory/fleets/demo-playbook.json5", demo_playbook),
    FILE_ENTRY("Inventory/fleets/demo-firmware.csv", demo_firmware),
    FILE_ENTRY("Inventory/fleets/demo.csv", demo_fleet),
    FILE_ENTRY("Inventory/fleets/habits-playbook.json5", habits_playbook),
    FILE_ENTRY("Inventory/fleets/habits-firmware.csv", habits_firmware),
    FILE_ENTRY("Inventory/fleets/habits.csv", habits_fleet),
};

const struct swell_stock_file *swell_stock_files(size_t *count) {
  *count = sizeof files / sizeof files[0];
  return files;
}
