import Control
import Fleet
import Rollout
import Testing

@testable import CSMS

/// How a person names a stratum of a campaign.
struct StratumNameTests {
  private static func campaign(_ versions: [String]) -> Campaign {
    Campaign(
      id: CampaignID(rawValue: 1), name: "Autumn",
      playbook: Playbook(name: "p", title: "", target: .ocpp201), selection: "", author: "ann",
      createdAt: Instant(milliseconds: 0), planHash: "h", waves: [],
      strata: versions.map {
        StratumProgress(
          stratum: Stratum(
            vendor: "Volta", model: "AC22", hardware: "B", fromFirmware: $0, toFirmware: "2.4.0"),
          target: FirmwareID(rawValue: 1))
      })
  }

  @Test("its label names it, and any part that no other has")
  func found() throws {
    let campaign = Self.campaign(["2.3.1", "2.3.10"])
    #expect(try Core.stratum("Volta AC22 B 2.3.1→2.4.0", of: campaign) == 0)
    #expect(try Core.stratum("2.3.1→2.4.0", of: campaign) == 0)
    #expect(try Core.stratum("2.3.10", of: campaign) == 1)
    #expect(try Core.stratum("AC22", of: Self.campaign(["2.3.1"])) == 0)
  }

  @Test("a part that several have is told from one that none has")
  func ambiguous() {
    let campaign = Self.campaign(["2.3.1", "2.3.10"])
    let both = ["Volta AC22 B 2.3.1→2.4.0", "Volta AC22 B 2.3.10→2.4.0"]
    #expect(throws: ControlError.unknownStratum("AC22", fits: both)) {
      try Core.stratum("AC22", of: campaign)
    }
    #expect(throws: ControlError.unknownStratum("DC60", fits: [])) {
      try Core.stratum("DC60", of: campaign)
    }
    #expect(throws: ControlError.unknownStratum("", fits: [])) {
      try Core.stratum("", of: campaign)
    }
    let sentence = ControlError.unknownStratum("AC22", fits: both).message
    #expect(sentence.contains("fits 2 strata") && both.allSatisfy(sentence.contains))
  }
}
