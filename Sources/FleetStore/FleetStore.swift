/// FleetStore
