package io.rivulet.auth.token;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Set;
import java.util.stream.Collectors;

/** EdDSA (RFC 8037) by the JDK's own Ed25519: the library would need another library for it. Any thread. */
final class Ed25519Verifier implements JWSVerifier {

    private final JCAContext context = new JCAContext();
    private final PublicKey key;

    Ed25519Verifier(PublicKey key) {
        this.key = key;
    }

    @Override
    public boolean verify(JWSHeader header, byte[] signed, Base64URL signature) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature.decode());
        } catch (GeneralSecurityException e) {
            return false; // no signature of this kind: another length, a point that is none
        }
    }

    @Override
    public Set<JWSAlgorithm> supportedJWSAlgorithms() {
        return Algorithms.EDWARDS.stream().map(JWSAlgorithm::parse).collect(Collectors.toSet());
    }

    @Override
    public JCAContext getJCAContext() {
        return context;
    }
}
