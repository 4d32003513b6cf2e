#include "syncd/fault.h"

static uint64_t draw(uint64_t *state) /* splitmix64 */
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint64_t limit(struct karto_fault_line *line, uint64_t bytes, bool spread)
{
    if (bytes == 0)
        return UINT64_MAX;
    return spread ? 1 + draw(&line->random) % bytes : bytes;
}

bool karto_fault_begin(struct karto_fault_line *line, const struct karto_fault *fault, unsigned number)
{
    if (!fault || (fault->connections && number >= fault->connections))
        return false;
    *line = (struct karto_fault_line){.random = fault->seed + number, .delay_ms = fault->delay_ms};
    line->cut_left = limit(line, fault->cut_after, fault->spread);
    line->silent_left = limit(line, fault->silent_after, fault->spread);
    line->flip_left = limit(line, fault->flip_after, fault->spread);
    return true;
}

/* How many of size bytes may move before something happens. */
static size_t allowed(const struct karto_fault_line *line, size_t size)
{
    uint64_t left = line->cut_left < line->silent_left ? line->cut_left : line->silent_left;
    return left < size ? (size_t)left : size;
}

static void spend(struct karto_fault_line *line, size_t moved)
{
    if (line->cut_left != UINT64_MAX)
        line->cut_left -= moved;
    if (line->silent_left != UINT64_MAX)
        line->silent_left -= moved;
}

static void flip(struct karto_fault_line *line, uint8_t *data, size_t size)
{
    if (line->flip_left == UINT64_MAX)
        return;
    if (line->flip_left <= size) {
        data[line->flip_left - 1] ^= (uint8_t)(1U << (draw(&line->random) % 8));
        line->flip_left = UINT64_MAX;
    } else {
        line->flip_left -= size;
    }
}

/* A peer that is silent goes on taking what it is sent. */
static enum karto_io swallow(int socket, void *data, size_t size)
{
    size_t moved;
    enum karto_io io;
    do
        io = karto_net_receive(socket, data, size, &moved);
    while (io == KARTO_IO_FINE);
    return io == KARTO_IO_AGAIN ? KARTO_IO_AGAIN : KARTO_IO_BROKEN;
}

static bool must_wait(struct karto_fault_line *line, int64_t now_ms)
{
    if (line->delay_ms == 0 || line->flowing)
        return false;
    if (line->wait_until_ms == 0)
        line->wait_until_ms = now_ms + 1 + (int64_t)(draw(&line->random) % line->delay_ms);
    if (now_ms < line->wait_until_ms)
        return true;
    line->wait_until_ms = 0;
    line->flowing = true;
    return false;
}

enum karto_io karto_fault_receive(struct karto_fault_line *line, int64_t now_ms, int socket, void *data, size_t size,
                                  size_t *moved)
{
    *moved = 0;
    if (must_wait(line, now_ms))
        return KARTO_IO_AGAIN;
    if (line->cut_left == 0)
        return KARTO_IO_BROKEN;
    if (line->silent_left == 0)
        return swallow(socket, data, size);
    enum karto_io io = karto_net_receive(socket, data, allowed(line, size), moved);
    if (io == KARTO_IO_AGAIN)
        line->flowing = false;
    spend(line, *moved);
    flip(line, data, *moved);
    return io;
}

enum karto_io karto_fault_send(struct karto_fault_line *line, int socket, const void *data, size_t size, size_t *moved)
{
    *moved = 0;
    if (line->cut_left == 0)
        return KARTO_IO_BROKEN;
    if (line->silent_left == 0) {
        *moved = size;
        return KARTO_IO_FINE;
    }
    enum karto_io io = karto_net_send(socket, data, allowed(line, size), moved);
    spend(line, *moved);
    return io;
}
