import CanvassCommandLine
import CanvassRelay

extension ArgumentKind where Parsed == AddressRange {
    /// "127.0.0.1", "10.0.0.0/8", "fd00::/8".
    static var addressRange: ArgumentKind<AddressRange> {
        ArgumentKind<AddressRange>(placeholder: "ADDRESS", describe: { "\($0)" }) {
            (text) throws(InvalidArgument) -> AddressRange in
            guard let range = AddressRange(text) else {
                throw InvalidArgument("an address or a network, such as 127.0.0.1 or 10.0.0.0/8")
            }
            return range
        }
    }
}
