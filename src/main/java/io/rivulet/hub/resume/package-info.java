/**
 * Where a stream begins: {@link io.rivulet.hub.resume.Resume} finds the {@link io.rivulet.hub.resume.StartPoint} of a
 * {@link io.rivulet.hub.resume.SubscribeRequest}, from the last event id or from {@code since}. Reader threads use it;
 * {@link io.rivulet.hub.resume.HistoryPages} reads history pages by the same rules.
 */
package io.rivulet.hub.resume;
