// A block of registers without behaviour (CCM, CCM_ANALOG, DCDC, IOMUXC, GPR, GPC), for Renode 1.16.1. C# 7.
// What was written is read back; what such a block does by itself is done at once: a clock that is
// asked for runs, a PLL has locked, a voltage is there. rt1062.repl says what each block holds.

using System.Collections.Generic;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class RegisterFile : IDoubleWordPeripheral, IKnownSize
    {
        /// `setClearToggle`: each register has aliases at +4, +8 and +C that set, clear and toggle bits.
        /// `retained`: a reset changes nothing.
        public RegisterFile(IMachine machine, long size, bool setClearToggle = false, bool retained = false)
        {
            Size = size;
            this.setClearToggle = setClearToggle;
            this.retained = retained;
        }

        public long Size { get; private set; }

        // What the platform file says, each a line of `init:`.

        /// The value after reset.
        public void Preset(long offset, uint value)
        {
            Check(offset);
            preset[offset] = value;
            values[offset] = value;
        }

        /// The same value for `count` registers, one after the other.
        public void PresetMany(long offset, int count, uint value)
        {
            for(var i = 0; i < count; i++) { Preset(offset + (setClearToggle ? 16 : 4) * i, value); }
        }

        /// Bits that read as one whatever is written.
        public void AlwaysSet(long offset, uint bits)
        {
            Check(offset);
            always[offset] = bits;
        }

        /// Bits that writing does not change.
        public void ReadOnly(long offset, uint bits)
        {
            Check(offset);
            fixedBits[offset] = bits;
        }

        /// Bits that writing one clears.
        public void ClearedByOne(long offset, uint bits)
        {
            Check(offset);
            cleared[offset] = bits;
        }

        /// `ready` reads as one while `bits` have this value, else as zero.
        public void ReadyWhile(long offset, uint bits, uint value, uint ready)
        {
            Check(offset);
            conditions[offset] = new[] { bits, value, ready };
        }

        /// Requests that are acknowledged in the bits `distance` above them.
        public void Acknowledge(long offset, uint requests, int distance)
        {
            Check(offset);
            acknowledged[offset] = new KeyValuePair<uint, int>(requests, distance);
        }

        public virtual void Reset()
        {
            if(retained) { return; }
            values.Clear();
            foreach(var one in preset) { values[one.Key] = one.Value; }
        }

        public uint ReadDoubleWord(long offset)
        {
            var register = setClearToggle ? offset & ~0xCL : offset;
            uint value, bits;
            values.TryGetValue(register, out value);
            always.TryGetValue(register, out bits);
            uint[] condition;
            if(conditions.TryGetValue(register, out condition))
            {
                value = (value & condition[0]) == condition[1] ? value | condition[2] : value & ~condition[2];
            }
            KeyValuePair<uint, int> answer;
            if(acknowledged.TryGetValue(register, out answer))
            {
                value = (value & ~(answer.Key << answer.Value)) | ((value & answer.Key) << answer.Value);
            }
            return value | bits;
        }

        public virtual void WriteDoubleWord(long offset, uint value)
        {
            var register = setClearToggle ? offset & ~0xCL : offset;
            uint old, keep, clear;
            values.TryGetValue(register, out old);
            switch(setClearToggle ? offset & 0xC : 0)
            {
            case 0x4: value = old | value; break;
            case 0x8: value = old & ~value; break;
            case 0xC: value = old ^ value; break;
            }
            fixedBits.TryGetValue(register, out keep);
            cleared.TryGetValue(register, out clear);
            values[register] = (value & ~(keep | clear)) | (old & keep) | (old & clear & ~value);
        }

        private void Check(long offset)
        {
            if(offset < 0 || offset >= Size || offset % 4 != 0)
            {
                throw new RecoverableException(string.Format("offset must be that of a register, not 0x{0:X}", offset));
            }
        }

        private readonly bool setClearToggle, retained;
        private readonly Dictionary<long, uint> values = new Dictionary<long, uint>();
        private readonly Dictionary<long, uint> preset = new Dictionary<long, uint>();
        private readonly Dictionary<long, uint> always = new Dictionary<long, uint>();
        private readonly Dictionary<long, uint> fixedBits = new Dictionary<long, uint>();
        private readonly Dictionary<long, uint> cleared = new Dictionary<long, uint>();
        private readonly Dictionary<long, uint[]> conditions = new Dictionary<long, uint[]>();
        private readonly Dictionary<long, KeyValuePair<uint, int>> acknowledged = new Dictionary<long, KeyValuePair<uint, int>>();
    }
}
