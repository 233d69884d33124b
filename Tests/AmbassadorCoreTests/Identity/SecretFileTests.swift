import Testing

@testable import AmbassadorCore

@Suite struct SecretFileTests {
    @Test(
        "nobody but the owner may use it, and the group may read what is root's",
        arguments: [
            (1000, 0o600, true), (1000, 0o400, true), (1000, 0o000, true), (1000, 0o700, true), (0, 0o600, true),
            (0, 0o640, true), (0, 0o440, true), (0, 0o100440, true), (0, 0o040, true),
            (1000, 0o640, false), (1000, 0o440, false), (1000, 0o604, false), (1000, 0o610, false),
            (0, 0o660, false), (0, 0o650, false), (0, 0o644, false), (0, 0o641, false), (0, 0o642, false),
            (0, 0o604, false), (0, 0o777, false), (0, 0o100444, false),
        ] as [(UInt32, UInt32, Bool)]
    )
    func rule(owner: UInt32, mode: UInt32, isPrivate: Bool) {
        #expect(SecretFile.isPrivate(owner: owner, mode: mode) == isPrivate)
    }
}
