// On-Chip OTP Controller (i.MX RT1060 reference manual, chapter OCOTP), for Renode 1.16.1. C# 7.

using System.Collections.Generic;
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// The fuses and their shadow registers, which may be overridden; blowing a fuse is refused with CTRL.ERROR.
    public class Ocotp : IDoubleWordPeripheral, IKnownSize
    {
        public Ocotp(IMachine machine, ulong uniqueId = 0x0123456789ABCDEF, ulong macAddress = 0x04E9E5001062)
        {
            fuses[CFG0] = (uint)uniqueId;
            fuses[CFG1] = (uint)(uniqueId >> 32);
            fuses[ANA1] = 1450u << 20 | 1290u << 8 | 105;
            fuses[MAC0] = (uint)macAddress;
            fuses[MAC1] = (uint)(macAddress >> 32);
            Reset();
        }

        public long Size { get { return 0x4000; } }

        public void Reset()
        {
            values.Clear();
            values[TIMING] = 0x0C0D9755;
            values[TIMING2] = 0x01C30092;
            ReloadShadows();
        }

        public uint ReadDoubleWord(long offset)
        {
            uint value;
            if(offset == VERSION) { return 0x03000000; }
            values.TryGetValue(Register(offset), out value);
            return value;
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            var register = Register(offset);
            uint old;
            values.TryGetValue(register, out old);
            switch(offset - register)
            {
            case 0x4: value = old | value; break;
            case 0x8: value = old & ~value; break;
            case 0xC: value = old ^ value; break;
            }
            switch(register)
            {
            case CTRL:
                values[CTRL] = value & ~(Busy | Reload);
                if((value & Reload) != 0) { ReloadShadows(); }
                break;
            case DATA:
                values[DATA] = value;
                var control = ReadDoubleWord(CTRL);
                values[CTRL] = (control & 0xFFFF) | (control >> 16 == WriteKey ? Error : 0);
                break;
            case READ_CTRL:
                values[READ_CTRL] = value & 1;
                if((value & 1) != 0) { values[READ_FUSE_DATA] = Fuse(ReadDoubleWord(CTRL) & 0x3F); }
                break;
            case VERSION:
                break;
            default:
                values[register] = value;
                break;
            }
        }

        private void ReloadShadows()
        {
            for(var offset = Shadows; offset < ShadowsEnd; offset += 0x10) { values.Remove(offset); }
            foreach(var fuse in fuses) { values[fuse.Key] = fuse.Value; }
        }

        // CTRL and SCS have aliases that set, clear and toggle bits.
        private static long Register(long offset)
        {
            var register = offset & ~0xFL;
            return register == CTRL || register == SCS ? register : offset;
        }

        // Words lie 16 bytes apart; a gap of 0x100 follows word 0x2F.
        private uint Fuse(uint word)
        {
            uint value;
            fuses.TryGetValue(Shadows + 0x10 * word + (word > 0x2F ? 0x100 : 0), out value);
            return value;
        }

        private readonly Dictionary<long, uint> values = new Dictionary<long, uint>();
        private readonly Dictionary<long, uint> fuses = new Dictionary<long, uint>();

        private const long CTRL = 0x00, TIMING = 0x10, DATA = 0x20, READ_CTRL = 0x30, READ_FUSE_DATA = 0x40, SCS = 0x60;
        private const long VERSION = 0x90, TIMING2 = 0x100, Shadows = 0x400, ShadowsEnd = 0x900;
        private const long CFG0 = 0x410, CFG1 = 0x420, ANA1 = 0x4E0, MAC0 = 0x620, MAC1 = 0x630;
        private const uint Busy = 1 << 8, Error = 1 << 9, Reload = 1 << 10, WriteKey = 0x3E77;
    }
}
