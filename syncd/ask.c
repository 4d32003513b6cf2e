#include "syncd/ask.h"

#include "core/base/limits.h"
#include "syncd/tunnel.h"

static void on_answer(void *context, enum karto_err err, struct karto_slice answer)
{
    struct karto_mail *mail = karto_mail_new(KARTO_MAIL_ANSWER);
    mail->err = err;
    karto_buf_add_slice(&mail->bytes, answer);
    karto_mailbox_put(context, mail);
}

enum karto_err karto_ask(struct karto_dial *dial, struct karto_mailbox *box, struct karto_slice frame, int timeout_ms,
                         struct karto_buf *answer)
{
    struct karto_mail *mail = NULL;
    enum karto_err err = karto_dial_call(dial, frame, timeout_ms, on_answer, box);
    if (err != KARTO_OK)
        return err;
    while (!mail) /* it comes in any case */
        mail = karto_mailbox_take(box, timeout_ms);
    err = mail->err;
    karto_buf_clear(answer);
    karto_buf_add_slice(answer, karto_buf_slice(&mail->bytes));
    karto_mail_free(mail);
    return err;
}

enum karto_err karto_asking_open(struct karto_asking *asking, const char *dir, const struct karto_address *hub)
{
    *asking = (struct karto_asking){.dial = NULL};
    enum karto_err err = karto_files_load(dir, false, &asking->files);
    if (err != KARTO_OK)
        return err;
    const struct karto_tunnel_limits limits = {.negotiation_ms = KARTO_GREET_CONNECT_MS};
    const struct karto_dial_options dial = {.hub = *hub,
                                            .credentials = karto_files_credentials(&asking->files),
                                            .frame_size_max = KARTO_FRAME_SIZE_MAX,
                                            .limits = &limits};
    asking->box = karto_mailbox_new();
    return karto_dial_open(&dial, &asking->dial);
}

void karto_asking_close(struct karto_asking *asking)
{
    karto_dial_close(asking->dial);
    karto_mailbox_free(asking->box);
    karto_files_fini(&asking->files);
}
