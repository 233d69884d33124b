package import Foundation

/// An authority that signs certificates with the `openssl` command, in a folder of its own.
package struct TestAuthority: Sendable {
    package struct CommandFailed: Error {
        package let output: String
    }

    /// A certificate, its key, and the authority that signed it, by their paths.
    package struct Identity: Sendable {
        package let certificate: String
        package let key: String
        package let authority: String
    }

    package let folder: URL

    package var certificate: String { self.folder.appendingPathComponent("ca.pem").path }

    package init(name: String = "test authority") throws {
        self.folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        try self.openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-subj",
            "/CN=\(name)"
        )
    }

    /// Signs a certificate for the loopback addresses, or for other names in OpenSSL's words, which ends in so many days, or ended a
    /// day ago (-1).
    package func identity(
        _ name: String,
        names: String = "IP:127.0.0.1,DNS:localhost",
        days: Int = 2
    ) throws -> Identity {
        let extensions = self.folder.appendingPathComponent("\(name).ext")
        try Data("subjectAltName=\(names)\n".utf8).write(to: extensions)
        try self.openssl(
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            "\(name).key",
            "-out",
            "\(name).csr",
            "-subj",
            "/CN=\(name)"
        )
        try self.openssl(
            "x509",
            "-req",
            "-in",
            "\(name).csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "\(days)",
            "-out",
            "\(name).pem",
            "-extfile",
            "\(name).ext"
        )
        let identity = Identity(
            certificate: self.folder.appendingPathComponent("\(name).pem").path,
            key: self.folder.appendingPathComponent("\(name).key").path,
            authority: self.certificate
        )
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: identity.key)
        return identity
    }

    package func remove() {
        // A folder that is left behind is the system's to clear.
        try? FileManager.default.removeItem(at: self.folder)
    }

    private func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = self.folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CommandFailed(output: String(decoding: bytes, as: UTF8.self))
        }
    }
}
