extension SHA256 {
    /// The eight working words between blocks (FIPS 180-4, sections 5.3.3 and 6.2).
    struct State: Sendable {
        private var a: UInt32 = 0x6a09_e667
        private var b: UInt32 = 0xbb67_ae85
        private var c: UInt32 = 0x3c6e_f372
        private var d: UInt32 = 0xa54f_f53a
        private var e: UInt32 = 0x510e_527f
        private var f: UInt32 = 0x9b05_688c
        private var g: UInt32 = 0x1f83_d9ab
        private var h: UInt32 = 0x5be0_cd19

        var digest: Digest {
            Digest(
                words: (
                    UInt64(a) << 32 | UInt64(b), UInt64(c) << 32 | UInt64(d), UInt64(e) << 32 | UInt64(f),
                    UInt64(g) << 32 | UInt64(h)
                ))
        }

        /// Takes in whole blocks of 64 bytes.
        mutating func compress(_ blocks: UnsafeRawBufferPointer) {
            guard !blocks.isEmpty else { return }
            SHA256.roundConstants.withUnsafeBufferPointer { constants in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
                    var offset = 0
                    while offset < blocks.count {
                        State.expand(blocks, at: offset, into: schedule)
                        mix(schedule, constants)
                        offset &+= 64
                    }
                }
            }
        }

        /// The message schedule (section 6.2.2, step 1).
        @inline(__always)
        private static func expand(
            _ blocks: UnsafeRawBufferPointer, at offset: Int, into schedule: UnsafeMutableBufferPointer<UInt32>
        ) {
            var t = 0
            while t < 16 {
                schedule[t] = blocks.loadUnaligned(fromByteOffset: offset &+ t &* 4, as: UInt32.self).bigEndian
                t &+= 1
            }
            while t < 64 {
                let early = schedule[t &- 15]
                let late = schedule[t &- 2]
                let sigma0 = rotate(early, 7) ^ rotate(early, 18) ^ (early &>> 3)
                let sigma1 = rotate(late, 17) ^ rotate(late, 19) ^ (late &>> 10)
                schedule[t] = sigma1 &+ schedule[t &- 7] &+ sigma0 &+ schedule[t &- 16]
                t &+= 1
            }
        }

        /// The 64 rounds (section 6.2.2, steps 2 to 4), eight at a time: after eight the names are back where they were.
        @inline(__always)
        private mutating func mix(
            _ w: UnsafeMutableBufferPointer<UInt32>, _ k: UnsafeBufferPointer<UInt32>
        ) {
            var (a, b, c, d, e, f, g, h) = (a, b, c, d, e, f, g, h)
            var t = 0
            while t < 64 {
                State.round(a, b, c, &d, e, f, g, &h, k[t] &+ w[t])
                State.round(h, a, b, &c, d, e, f, &g, k[t &+ 1] &+ w[t &+ 1])
                State.round(g, h, a, &b, c, d, e, &f, k[t &+ 2] &+ w[t &+ 2])
                State.round(f, g, h, &a, b, c, d, &e, k[t &+ 3] &+ w[t &+ 3])
                State.round(e, f, g, &h, a, b, c, &d, k[t &+ 4] &+ w[t &+ 4])
                State.round(d, e, f, &g, h, a, b, &c, k[t &+ 5] &+ w[t &+ 5])
                State.round(c, d, e, &f, g, h, a, &b, k[t &+ 6] &+ w[t &+ 6])
                State.round(b, c, d, &e, f, g, h, &a, k[t &+ 7] &+ w[t &+ 7])
                t &+= 8
            }
            self.a &+= a
            self.b &+= b
            self.c &+= c
            self.d &+= d
            self.e &+= e
            self.f &+= f
            self.g &+= g
            self.h &+= h
        }

        /// One round. Instead of moving all eight words along, only the two that change are written.
        @inline(__always)
        private static func round(
            _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
            _ h: inout UInt32, _ addend: UInt32
        ) {
            let choice = g ^ (e & (f ^ g))
            let majority = (a & b) | (c & (a | b))
            let first = h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ choice &+ addend
            d &+= first
            h = first &+ (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ majority
        }

        @inline(__always)
        private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
            word &>> count | word &<< (32 &- count)
        }
    }

    /// Section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let roundConstants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
