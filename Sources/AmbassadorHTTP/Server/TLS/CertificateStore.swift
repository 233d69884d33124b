import AmbassadorCore
import Logging
import NIOSSL
import Synchronization

/// The certificate that new connections get: loaded at the start, and again when its files change.
///
/// Files that cannot be used, and certificates that have expired or are not valid yet, leave the certificate that is served as it is.
/// Connections keep the one with which they began.
final class CertificateStore: Sendable {
    private struct State {
        var served: LoadedCertificate?
        /// Of the files that need not be looked at again before they change.
        var stamps: [CertificateFile.Stamp?] = []
        /// Why the files on disk were not taken.
        var fault: CertificateError?
    }

    let settings: TLSSettings
    private let wall: @Sendable () -> Timestamp
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - settings: where the files are.
    ///   - wall: by which certificates begin and end.
    ///   - logger: where an operator is told which file is at fault, and why.
    init(settings: TLSSettings, wall: @escaping @Sendable () -> Timestamp, logger: Logger) {
        self.settings = settings
        self.wall = wall
        self.logger = logger
    }

    /// What is wrong with the certificate, in a sentence that names no file; `nil` where all is well.
    var complaint: String? {
        let (fault, served) = self.state.withLock { ($0.fault, $0.served) }
        if served?.fault(at: self.wall()) != nil {
            return "The certificate that is served has expired or is not valid yet"
        }
        return switch fault {
        case nil: nil
        case .outdated?:
            "The certificate's files have one that has expired or is not valid yet; the one read before is served"
        case .file?, .mismatch?: "The certificate's files cannot be used; the one read before is served"
        }
    }

    /// The days until the server's own certificate that is served ends; `nil` where nothing was loaded yet.
    var daysLeft: Double? { self.state.withLock { $0.served?.server }?.daysLeft(at: self.wall()) }

    /// The days until the last authority for callers' certificates ends; `nil` where callers need none.
    var authorityDaysLeft: Double? {
        self.state.withLock { $0.served?.clientAuthority }?.daysLeft(at: self.wall())
    }

    /// What a new connection is encrypted with.
    ///
    /// - Throws: Where nothing was loaded yet.
    func context() throws(CertificateError) -> NIOSSLContext {
        guard let context = self.state.withLock({ $0.served?.context }) else {
            throw .file(path: self.settings.certificateFile, reason: "was not loaded yet")
        }
        return context
    }

    /// Loads the files for the first time; a certificate that is not valid now is served all the same, and said.
    ///
    /// Reads files; not for an event loop.
    func load() throws(CertificateError) {
        // Looked at before they are read: a change in between is found the next time.
        let stamps = self.settings.files.map(\.stamp)
        let loaded = try self.settings.load()
        self.state.withLock { $0 = State(served: loaded, stamps: stamps) }
        guard let fault = loaded.fault(at: self.wall()) else { return }
        self.logger.error("callers cannot verify the TLS certificate", metadata: ["tls.reason": "\(fault)"])
    }

    /// Loads the files again where they are not those of the last time; says so once, whether they can be used or not.
    ///
    /// Reads files; not for an event loop, and not from two threads at a time.
    func reloadIfChanged() {
        let stamps = self.settings.files.map(\.stamp)
        guard self.state.withLock({ $0.stamps }) != stamps else { return }
        do throws(CertificateError) {
            let loaded = try self.settings.load()
            if let fault = loaded.fault(at: self.wall()) { throw fault }
            self.state.withLock { $0 = State(served: loaded, stamps: stamps) }
            self.logger.info(
                "TLS certificate loaded again",
                metadata: ["tls.certificate": "\(self.settings.certificateFile)"]
            )
        } catch {
            self.keep(error, stamps)
        }
    }

    /// Notes why files were not taken, and says so where it was not said before.
    private func keep(_ fault: CertificateError, _ stamps: [CertificateFile.Stamp?]) {
        let isNew = self.state.withLock { state in
            // What is not valid now may be later, or the clock may be wrong for a moment: it is looked at again.
            state.stamps = if case .outdated = fault { [] } else { stamps }
            defer { state.fault = fault }
            return state.fault != fault
        }
        guard isNew else { return }
        self.logger.error(
            "TLS certificate cannot be loaded again; the one before is served",
            metadata: ["tls.reason": "\(fault)"]
        )
    }
}
