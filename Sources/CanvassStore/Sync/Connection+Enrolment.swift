import CanvassCRDT
package import CanvassSQLite
package import CanvassWire

extension Connection {
    /// Keeps what the relay gave the device when it joined, or came back.
    package mutating func keep(_ answer: JoinAnswer) throws {
        try setMeta(.token, .text(answer.token))
        try setMeta(.deviceKey, .blob(answer.deviceKey))
        try setMeta(.organisation, .blob(answer.organisation.bytes))
        try setMeta(.certificate, .blob(answer.certificate))
    }
}
