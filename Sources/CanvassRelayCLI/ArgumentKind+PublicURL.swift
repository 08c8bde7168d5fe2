import CanvassCommandLine
import CanvassRelay

extension ArgumentKind where Parsed == String {
    /// Where devices reach the relay, without a slash at its end.
    static var publicURL: ArgumentKind<String> {
        ArgumentKind<String>(placeholder: "URL", describe: { $0 }) { (text) throws(InvalidArgument) -> String in
            guard let url = PublicURL.normalized(text) else {
                throw InvalidArgument(
                    "an address that starts with http:// or https://, such as https://relay.example.org, without a "
                        + "user, a query, a fragment or blanks")
            }
            return url
        }
    }
}
