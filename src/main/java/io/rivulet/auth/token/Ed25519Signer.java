package io.rivulet.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Set;
import java.util.stream.Collectors;

/** EdDSA (RFC 8037) by the JDK's own Ed25519, as {@link Ed25519Verifier} checks it. Any thread. */
final class Ed25519Signer implements JWSSigner {

    private final JCAContext context = new JCAContext();
    private final PrivateKey key;

    Ed25519Signer(PrivateKey key) {
        this.key = key;
    }

    @Override
    public Base64URL sign(JWSHeader header, byte[] input) throws JOSEException {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(input);
            return Base64URL.encode(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new JOSEException("the key does not sign: " + e.getMessage(), e);
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
