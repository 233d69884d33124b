import AmbassadorCore
import Crypto
import NIOCore
import Testing

@testable import AmbassadorIdentity

@Suite("The examples of the RFCs")
struct JOSEVectorTests {
    private static let payload =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

    /// Whether a token's signature is that of a key, and no more so once a bit of it is changed.
    private func check(_ token: String, _ key: JWTKey, _ algorithm: SigningAlgorithm) throws {
        let parts = token.split(separator: ".")
        var signature = try #require(Base64URL.decode(parts[2].utf8))
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        #expect(key.isValid(signature, of: signed, by: algorithm))
        signature[signature.count / 2] ^= 1
        #expect(!key.isValid(signature, of: signed, by: algorithm))
    }

    private func key(_ jwk: String, _ algorithm: SigningAlgorithm) throws -> JWTKey {
        let set = try JWKSet(ByteBuffer(string: "{\"keys\":[\(jwk)]}"), algorithms: [algorithm])
        return try #require(set.keys.first)
    }

    @Test("RFC 7515 A.1: HS256")
    func hs256() throws {
        let secret = try #require(
            Base64URL.decode(
                "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow".utf8
            )
        )
        let key = try #require(JWTKey(id: nil, material: .secret(SymmetricKey(data: secret)), algorithms: [.hs256]))
        let token =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(Self.payload).dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        try self.check(token, key, .hs256)
        let compact = try CompactToken(token.utf8)
        #expect(compact.issuer == JSONString("joe"))
        #expect(compact.header.algorithm == .hs256)
    }

    @Test("RFC 7515 A.2: RS256")
    func rs256() throws {
        let modulus =
            "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pC"
            + "gNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg6"
            + "65xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRW"
            + "yuXpoQ"
        let signature =
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t"
            + "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12j"
            + "zDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQ"
            + "Ge77Rw"
        let key = try self.key(#"{"kty":"RSA","n":"\#(modulus)","e":"AQAB"}"#, .rs256)
        try self.check("eyJhbGciOiJSUzI1NiJ9.\(Self.payload).\(signature)", key, .rs256)
    }

    @Test("RFC 7515 A.3: ES256")
    func es256() throws {
        let key = try self.key(
            #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
            .es256
        )
        let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        try self.check("eyJhbGciOiJFUzI1NiJ9.\(Self.payload).\(signature)", key, .es256)
    }

    @Test("RFC 8037 A.4: Ed25519")
    func ed25519() throws {
        let key = try self.key(
            #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
            .edDSA
        )
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        try self.check("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\(signature)", key, .edDSA)
    }

    @Test("RFC 4648 without padding: each text has one spelling, and every other is refused")
    func base64() {
        for bytes in [[0], [255], [0, 0], [251, 255], [1, 2, 3], [255, 255, 255, 254]] as [[UInt8]] {
            #expect(Base64URL.decode(encode(bytes).utf8) == bytes)
        }
        #expect(["Zg", "Zm8", "Zm9v", "Zm9vYg"].map { Base64URL.decode($0.utf8)?.count } == [1, 2, 3, 4])
        #expect(
            ["", "Z", "Zh", "Zm9", "Zg==", "Zm9v=", "Zm9vY", "Z g", "Zm+v", "Zm/v"].allSatisfy {
                Base64URL.decode($0.utf8) == nil
            }
        )
    }
}
