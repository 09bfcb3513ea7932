/**
 * Everything about tokens: {@link io.rivulet.auth.token.TokenVerifier} turns one into a grant, or refuses it by
 * {@code TokenRules}; {@link io.rivulet.auth.token.TokenMint} makes tokens, and
 * {@link io.rivulet.auth.token.TokenExplainer} says why one is refused. The doors use the first, the command line and
 * the operators' doors the others.
 */
package io.rivulet.auth.token;
