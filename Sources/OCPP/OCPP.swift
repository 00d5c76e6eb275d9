/// OCPP
