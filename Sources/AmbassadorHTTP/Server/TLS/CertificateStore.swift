import Logging
import NIOSSL
import Synchronization

/// The certificate that new connections get: loaded at the start, and again when its files change.
///
/// Files that cannot be used leave the certificate that is served as it is. Connections keep the one with which they began.
final class CertificateStore: Sendable {
    private struct State {
        var context: NIOSSLContext?
        var stamps: [CertificateFile.Stamp?] = []
        var complaint: String?
    }

    let settings: TLSSettings
    private let logger: Logger
    private let state = Mutex(State())

    init(settings: TLSSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    /// Why the files were not taken that are on disk; `nil` where they were.
    var complaint: String? { self.state.withLock { $0.complaint } }

    /// What a new connection is encrypted with.
    ///
    /// - Throws: Where nothing was loaded yet.
    func context() throws(CertificateError) -> NIOSSLContext {
        guard let context = self.state.withLock({ $0.context }) else {
            throw .file(path: self.settings.certificateFile, reason: "was not loaded yet")
        }
        return context
    }

    /// Loads the files for the first time.
    ///
    /// Reads files; not for an event loop.
    func load() throws(CertificateError) {
        // Looked at before they are read: a change in between is found the next time.
        let stamps = self.settings.files.map(\.stamp)
        let context = try self.settings.makeContext()
        self.state.withLock { $0 = State(context: context, stamps: stamps) }
    }

    /// Loads the files again where they are not those of the last time; says so once, whether they can be used or not.
    ///
    /// Reads files; not for an event loop, and not from two threads at a time.
    func reloadIfChanged() {
        let stamps = self.settings.files.map(\.stamp)
        guard self.state.withLock({ $0.stamps }) != stamps else { return }
        do throws(CertificateError) {
            let context = try self.settings.makeContext()
            self.state.withLock { $0 = State(context: context, stamps: stamps) }
            self.logger.info(
                "TLS certificate loaded again",
                metadata: ["tls.certificate": "\(self.settings.certificateFile)"]
            )
        } catch {
            let isNew = self.state.withLock { state in
                state.stamps = stamps
                defer { state.complaint = error.description }
                return state.complaint != error.description
            }
            guard isNew else { return }
            self.logger.error(
                "TLS certificate cannot be loaded again; the one before is served",
                metadata: ["tls.reason": "\(error)"]
            )
        }
    }
}
