package io.rivulet.auth.token;

/**
 * What there is to say about a token, as a JSON object; never the token or its signature.
 *
 * @param json the object
 */
public record Explanation(String json) {
}
