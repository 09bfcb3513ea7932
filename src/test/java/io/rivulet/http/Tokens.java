package io.rivulet.http;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import io.rivulet.http.updates.Door;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Tokens for the door's tests, of one issuer with a secret, and the settings of a hub that believes them. */
public final class Tokens {

    public static final String HUB = "https://hub.example/.well-known/mercure";
    private static final String SECRET = "!ChangeThisMercureHubJWTSecretKey!";
    private static final String[] SETTINGS =
        {"resource", HUB, "token.issuer", "https://issuer.example", "token.key", SECRET};

    private Tokens() {
    }

    /** A door that believes these tokens. */
    public static Door door(String... more) throws Exception {
        return Door.with(Stream.of(SETTINGS, more).flatMap(Stream::of).toArray(String[]::new));
    }

    /** The words of a command line that start a hub which believes them. */
    public static List<String> words() {
        return IntStream.range(0, SETTINGS.length / 2).mapToObj(i -> "--" + SETTINGS[2 * i] + "=" + SETTINGS[2 * i + 1])
            .toList();
    }

    /** The header line with this token. */
    public static String bearer(String token) {
        return "\nAuthorization: Bearer " + token;
    }

    /** Of this subject, publishing to and reading this topic. */
    public static String of(String subject, String topic) {
        return of(subject, topic, 3_600, "");
    }

    /** Of somebody who operates the hub, too. */
    public static String operator() {
        return of("olga", "*", 3_600, ",{\"type\":\"urn:rivulet:authorization-detail\",\"actions\":[\"operate\"]}");
    }

    /** The same that ended an hour ago. */
    public static String expired() {
        return of("eve", "*", -3_600, "");
    }

    /** A token of Mercure 0.x. */
    public static String legacy(String topic) {
        return sign("JWT", "{\"mercure\":{\"publish\":[\"" + topic + "\"],\"subscribe\":[\"" + topic + "\"]}}");
    }

    private static String of(String subject, String topic, long seconds, String details) {
        return sign("at+jwt", "{\"iss\":\"https://issuer.example\",\"aud\":\"" + HUB + "\",\"sub\":\"" + subject
            + "\",\"exp\":" + (Instant.now().getEpochSecond() + seconds) + ",\"jti\":\"" + subject + "-" + seconds
            + "\",\"authorization_details\":[{\"type\":\"https://mercure.rocks/authorization-detail\",\"actions\":"
            + "[\"publish\",\"subscribe\"],\"topics\":[{\"match\":\"" + topic + "\"}]}" + details + "]}");
    }

    private static String sign(String type, String claims) {
        try {
            JWSObject token = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.HS256).type(new JOSEObjectType(type)).build(), new Payload(claims));
            token.sign(new MACSigner(SECRET));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
