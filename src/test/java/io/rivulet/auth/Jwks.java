package io.rivulet.auth;

import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;

/** Writes public keys as JWK (RFC 7517, 8037), by hand. */
public final class Jwks {

    private Jwks() {
    }

    /** A set of these. */
    public static String set(String... keys) {
        return "{\"keys\":[" + String.join(",", keys) + "]}";
    }

    /** One key; {@code more} is members beside, each with a comma before it. */
    public static String of(String kid, PublicKey key, String more) {
        String members;
        if (key instanceof RSAPublicKey rsa) {
            members = "\"kty\":\"RSA\",\"n\":\"" + text(rsa.getModulus(), 0) + "\",\"e\":\""
                + text(rsa.getPublicExponent(), 0) + "\"";
        } else if (key instanceof ECPublicKey ec) {
            int bits = ec.getParams().getCurve().getField().getFieldSize();
            int size = (bits + 7) / 8;
            members = "\"kty\":\"EC\",\"crv\":\"P-" + bits + "\",\"x\":\"" + text(ec.getW().getAffineX(), size)
                + "\",\"y\":\"" + text(ec.getW().getAffineY(), size) + "\"";
        } else {
            byte[] der = key.getEncoded();
            members = "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\""
                + Jwt.base64(Arrays.copyOfRange(der, der.length - 32, der.length)) + "\"";
        }
        return "{\"kid\":\"" + kid + "\"," + members + more + "}";
    }

    public static String of(String kid, PublicKey key) {
        return of(kid, key, "");
    }

    private static String text(BigInteger number, int size) {
        byte[] bytes = number.toByteArray();
        int from = bytes[0] == 0 && bytes.length > 1 ? 1 : 0;
        int length = Math.max(size, bytes.length - from);
        byte[] exact = new byte[length];
        System.arraycopy(bytes, from, exact, length - (bytes.length - from), bytes.length - from);
        return Jwt.base64(exact);
    }
}
