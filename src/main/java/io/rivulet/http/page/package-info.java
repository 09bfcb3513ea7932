/**
 * The home page: {@link io.rivulet.http.page.HomeServlet} sends the template that {@code HomePage} fills for the
 * address it is asked at.
 */
package io.rivulet.http.page;
