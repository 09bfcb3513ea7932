/**
 * Who may do what at a door. {@link io.rivulet.http.access.Access} makes the grant of a request, from a token
 * ({@code Credentials}), the container's login or dev mode ({@code DevAccess}); {@code Origins} and
 * {@link io.rivulet.http.access.Cors} say which pages may call. All doors use it.
 */
package io.rivulet.http.access;
