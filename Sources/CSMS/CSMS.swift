/// CSMS
