@testable import CanvassCoding
import Testing

@Suite struct CBORReaderTests {
    @Test func `every writer method has its reader`() throws {
        var writer = CBORWriter(reservingCapacity: 100)
        writer.array(count: 10)
        writer.unsigned(.max)
        writer.integer(.min)
        writer.bytes([1, 2])
        writer.bytes([0, 3, 4, 0][1...2])
        writer.text("é")
        writer.map(count: 1)
        writer.text("k")
        writer.bool(true)
        writer.null()
        writer.number(2)
        writer.number(0.25)
        writer.value(["x"])
        var reader = CBORReader(writer.bytes)
        #expect(try reader.arrayHeader() == 10)
        #expect(try reader.unsigned() == .max)
        #expect(try reader.integer() == .min)
        #expect(try reader.bytes() == [1, 2])
        #expect(try reader.bytes() == [3, 4])
        #expect(try reader.text() == "é")
        #expect(try reader.mapHeader() == 1)
        #expect(try reader.text() == "k")
        #expect(try reader.isNull() == false)
        #expect(try reader.bool() == true)
        #expect(try reader.isNull() == true)
        #expect(try reader.number() == 2)
        #expect(try reader.number() == 0.25)
        #expect(try reader.peekMajorType() == 4)
        #expect(!reader.isAtEnd)
        #expect(throws: CodingError.self) { try reader.finish() }
        #expect(try reader.rawItem() == hex("816178"))
        #expect(reader.isAtEnd)
        #expect(reader.offset == writer.bytes.count)
        try reader.finish()
    }

    @Test func `an item of another type is refused where it stands`() {
        func refusal(_ bytes: String, _ read: (inout CBORReader) throws(CodingError) -> Void) -> Int? {
            var reader = CBORReader(hex("00" + bytes))
            do {
                _ = try reader.unsigned()
                try read(&reader)
                return nil
            } catch {
                return error.offset
            }
        }
        #expect(refusal("20") { (r) throws(CodingError) in _ = try r.unsigned() } == 1)
        #expect(refusal("60") { (r) throws(CodingError) in _ = try r.integer() } == 1)
        #expect(refusal("1b8000000000000000") { (r) throws(CodingError) in _ = try r.integer() } == 1)
        #expect(refusal("3b8000000000000000") { (r) throws(CodingError) in _ = try r.integer() } == 1)
        #expect(refusal("60") { (r) throws(CodingError) in _ = try r.bytes() } == 1)
        #expect(refusal("40") { (r) throws(CodingError) in _ = try r.text() } == 1)
        #expect(refusal("a0") { (r) throws(CodingError) in _ = try r.arrayHeader() } == 1)
        #expect(refusal("9b8000000000000000") { (r) throws(CodingError) in _ = try r.arrayHeader() } == 1)
        #expect(refusal("80") { (r) throws(CodingError) in _ = try r.mapHeader() } == 1)
        #expect(refusal("a1") { (r) throws(CodingError) in _ = try r.mapHeader() } == 1)
        #expect(refusal("f6") { (r) throws(CodingError) in _ = try r.bool() } == 1)
        #expect(refusal("f4") { (r) throws(CodingError) in _ = try r.number() } == 1)
        #expect(refusal("1b0020000000000001") { (r) throws(CodingError) in _ = try r.number() } == 1)
        #expect(refusal("") { (r) throws(CodingError) in _ = try r.isNull() } == 1)
        #expect(refusal("") { (r) throws(CodingError) in _ = try r.bool() } == 1)
        #expect(refusal("") { (r) throws(CodingError) in _ = try r.peekMajorType() } == 1)
    }

    /// RFC 8949, appendix A: shortest floats, whole numbers included, before numbers get their one form.
    @Test(arguments: [
        (0.0, "f90000"), (-0.0, "f98000"), (1.0, "f93c00"), (1.1, "fb3ff199999999999a"), (1.5, "f93e00"),
        (65504.0, "f97bff"), (100000.0, "fa47c35000"), (3.4028234663852886e+38, "fa7f7fffff"),
        (1.0e+300, "fb7e37e43c8800759c"), (5.960464477539063e-8, "f90001"), (0.00006103515625, "f90400"),
        (-4.0, "f9c400"),
        (-4.1, "fbc010666666666666"), (.infinity, "f97c00"), (.nan, "f97e00"), (-.infinity, "f9fc00"),
    ])
    func `floats take the shortest form that keeps them`(_ example: (number: Double, bytes: String)) {
        var writer = CBORWriter()
        writer.float(example.number)
        #expect(writer.bytes == hex(example.bytes))
    }

    @Test func `every half precision number keeps its bits`() {
        for bits in UInt16.min...UInt16.max {
            let double = HalfPrecision.double(bitPattern: bits)
            if bits & 0x7C00 == 0x7C00, bits & 0x3FF != 0 {
                #expect(double.isNaN)
            } else {
                #expect(Double(Float(double)) == double)
                #expect(HalfPrecision.bitPattern(exactly: Float(double)) == bits)
            }
        }
        #expect(HalfPrecision.bitPattern(exactly: 0x1p-25) == nil)
        #expect(HalfPrecision.bitPattern(exactly: 65536) == nil)
        #expect(HalfPrecision.bitPattern(exactly: 0x1.002p0) == nil)
        #expect(HalfPrecision.bitPattern(exactly: .nan) == nil)
        #expect(HalfPrecision.bitPattern(exactly: .leastNonzeroMagnitude) == nil)
    }
}
