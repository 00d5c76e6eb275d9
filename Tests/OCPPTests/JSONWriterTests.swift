import OCPP
import Testing

@Suite struct JSONWriterTests {
  @Test("Commas, escapes and numbers come out right")
  func writes() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("a\"b")
    writer.beginArray()
    writer.int(0)
    writer.int(Int64.min)
    writer.double(16.1)
    writer.double(.infinity)
    writer.bool(false)
    writer.null()
    writer.beginObject()
    writer.endObject()
    writer.string("é\u{1}\u{1F}\n\\😀")
    writer.endArray()
    writer.key("r")
    writer.raw(#"{"x":1}"#.utf8)
    writer.key("t")
    DateTime.append(0, to: &writer)
    writer.endObject()
    #expect(
      writer.text == #"{"a\"b":[0,-9223372036854775808,16.1,null,false,null,{},"#
        + #""é\u0001\u001f\n\\😀"],"r":{"x":1},"t":"1970-01-01T00:00:00Z"}"#)
    writer.removeAll()
    writer.bool(true)
    #expect(writer.bytes == Array("true".utf8))
  }

  @Test("A value built of literals is read by name and kind")
  func literals() {
    let json: JSON = ["a": 1, "b": [2.5, "x", true, nil], "c": ["d": -7]]
    #expect(json["a"]?.int == 1)
    #expect(json["b"]?.array?.count == 4)
    #expect(json["b"]?.array?[0].double == 2.5)
    #expect(json["b"]?.array?[1].string == "x")
    #expect(json["b"]?.array?[2].bool == true)
    #expect(json["b"]?.array?[3].isNull == true)
    #expect(json["c"]?["d"]?.int == -7)
    #expect(json["d"] == nil)
    #expect(JSON.double(4).int == 4 && JSON.double(4.5).int == nil)
    #expect(json.text == #"{"a":1,"b":[2.5,"x",true,null],"c":{"d":-7}}"#)
    #expect(json == ["c": ["d": -7], "b": [2.5, "x", true, nil], "a": 1])
    #expect(JSON.compact([("a", 1), ("b", nil)]) == ["a": 1])
  }
}
